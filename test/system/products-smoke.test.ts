import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { executionArn } from "../../workflows/starter.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/managed-process.ts";
import { TestSystem } from "../support/system.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";
import { sh, shJson } from "./support/shell.ts";

/** LocalStack takes its time. */
const WAIT_MS = 60_000;

/** What a user of products does by hand, line for line; only addresses, ids and tokens are put in. */
describe("the products' smoke test", function () {
  this.timeout(240_000);
  let receiver: WebhookReceiver;
  let system: TestSystem;
  let metricsPort = "";
  let id = "";
  const aws = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_DEFAULT_REGION: "us-east-1" };

  before(async () => {
    receiver = await WebhookReceiver.start();
    metricsPort = String(await freePort());
    const webhook = { NOTIFY_WEBHOOK_URL: receiver.url, NOTIFY_WEBHOOK_SECRET: "sixteen-characters-at-least" };
    // What is refused on purpose is tried again soon.
    system = await TestSystem.start({
      variables: { VISIBILITY_SECONDS: "3", EXTEND_SECONDS: "1", POLL_SECONDS: "1", API_METRICS_PORT: metricsPort, ...webhook },
    });
  });
  after(async () => {
    await system?.stop();
    receiver?.stop();
  });

  const create = (): Promise<Record<string, unknown>> =>
    shJson(`curl -X POST ${system.url}/products \\
      -H "Content-Type: application/json" \\
      -d '{
        "name": "Laptop",
        "description": "High-performance laptop",
        "price": 1299.99
      }'`);
  /** In the order they came first: a notification may come again, under the same id. */
  const told = (of: string) => [...new Set(receiver.idsOf(of))];
  const events = async (of: string) => (await shJson(`curl ${system.url}/products/${of}/events`)).events;

  it("creates a product", async () => {
    const answer = await create();

    id = String(answer.id);
    assert.deepEqual([answer.name, answer.description, answer.price], ["Laptop", "High-performance laptop", 1299.99]);
    assert.ok(!Number.isNaN(Date.parse(String(answer.created_at))));
  });

  it("lists products, page by page", async () => {
    for (let more = 0; more < 10; more++) await create();

    const first = await shJson(`curl ${system.url}/products?limit=10`);
    const next = await shJson(`curl '${system.url}/products?limit=10&token=${first.next_page_token}'`);

    assert.ok(Array.isArray(first.products) && Array.isArray(next.products));
    assert.deepEqual([first.products.length, next.products.map((product) => product.id)], [10, [id]]);
    assert.equal(next.next_page_token, undefined);
  });

  it("deletes a product", async () => {
    const status = await sh(`curl -X DELETE ${system.url}/products/${id} -o /dev/null -w '%{http_code}'`);

    assert.equal(status, "204");
    assert.equal(await sh(`curl ${system.url}/products/${id} -o /dev/null -w '%{http_code}'`), "404");
  });

  it("shows how many were made and deleted", async () => {
    const metrics = await sh(`curl http://localhost:${metricsPort}/metrics`);

    assert.match(metrics, /^products_created_total 11$/m);
    assert.match(metrics, /^products_deleted_total 1$/m);
  });

  it("has told of both in the worker's log and by webhook, in order", async () => {
    await eventually(() => assert.deepEqual(told(id), [`${id}-1`, `${id}-2`]), WAIT_MS);

    const log = system.workers[0]?.log() ?? "";
    assert.match(log, new RegExp(`notified type=product\\.created id=${id}-1"[^]*notified type=product\\.deleted id=${id}-2"`));
    await eventually(async () => {
      const shown = await events(id);
      assert.ok(Array.isArray(shown));
      assert.deepEqual(
        shown.map(({ type, state }) => [type, state]),
        [
          ["product.created", "processed"],
          ["product.deleted", "processed"],
        ],
      );
    }, WAIT_MS);
  });

  it("has an execution for each that has SUCCEEDED", async () => {
    for (const eventId of [`${id}-1`, `${id}-2`]) {
      const arn = executionArn(system.outputs.products_state_machine_arn, eventId);
      await eventually(async () => {
        const command = `aws --endpoint-url=${system.proxy.url} stepfunctions describe-execution --execution-arn ${arn}`;
        assert.equal((await shJson(command, aws)).status, "SUCCEEDED");
      }, WAIT_MS);
    }
  });

  const outages = {
    "goes on creating and deleting while SQS refuses, and tells of all of it in order when it is back": "sqs",
    "goes on creating and deleting while Step Functions refuses, and tells of all of it in order when it is back": "sfn",
  } as const;
  for (const [title, service] of Object.entries(outages)) {
    it(title, async () => {
      // Prepare
      system.proxy.break(service);
      // A poll that is under way is still answered.
      await sleep(1_500);

      // Act
      const made = await create().then((answer) => String(answer.id));
      const status = await sh(`curl -X DELETE ${system.url}/products/${made} -o /dev/null -w '%{http_code}'`);
      const during = await events(made);
      const toldDuring = told(made);
      system.proxy.mend(service);
      await eventually(() => assert.deepEqual(told(made), [`${made}-1`, `${made}-2`]), WAIT_MS);

      // Assess
      assert.equal(status, "204");
      assert.ok(Array.isArray(during));
      assert.deepEqual([during.map(({ state }) => state), toldDuring], [["pending", "pending"], []]);
      await eventually(async () => {
        const after = await events(made);
        assert.ok(Array.isArray(after) && after.every(({ state }) => state === "processed"), JSON.stringify(after));
      }, WAIT_MS);
    });
  }
});
