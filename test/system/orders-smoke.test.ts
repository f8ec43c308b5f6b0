import assert from "node:assert/strict";
import { executionArn } from "../../workflows/starter.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/managed-process.ts";
import { TestSystem } from "../support/system.ts";
import { sh, shJson } from "./support/shell.ts";

/** LocalStack takes its time, and a failed attempt is repeated after some seconds. */
const WAIT_MS = 60_000;

type Fields = Readonly<Record<string, unknown>>;

/** The orders' two smoke tests a user follows by hand, line for line; only addresses, tokens and ids are put in. */
describe("the orders' smoke test", function () {
  this.timeout(180_000);
  let system: TestSystem;
  let metricsPort = "";
  let token = "";
  let id = "";
  let pollUrl = "";
  // An endpoint that outlives its test remembers the executions' names.
  const [right, wrong] = [`ORD-123-${Date.now()}`, `ORD-456-${Date.now()}`];
  const aws = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_DEFAULT_REGION: "us-east-1" };

  before(async () => {
    metricsPort = String(await freePort());
    system = await TestSystem.start({ variables: { VISIBILITY_SECONDS: "3", EXTEND_SECONDS: "1", WORKER_METRICS_PORT: metricsPort } });
  });
  after(() => system?.stop());

  const arnOf = (execution: string) => executionArn(system.outputs.orders_state_machine_arn, execution);
  const describeExecution = (arn: string) =>
    shJson(`aws --endpoint-url=${system.proxy.url} stepfunctions describe-execution --execution-arn ${arn}`, aws);
  const polled = (url: string, status: string) =>
    eventually(async () => {
      const order = await shJson(`curl -s "${url}"`);
      assert.equal(order.status, status);
      return order;
    }, WAIT_MS);
  const failures = async (): Promise<Fields[]> => {
    const answer = await shJson(`curl -s "${system.url}/dlq/failures?kind=orders" -H "Authorization: Bearer ${system.adminToken}"`);
    return Array.isArray(answer.failures) ? answer.failures : assert.fail(JSON.stringify(answer));
  };
  const failureOf = (find: (failure: Fields) => boolean) =>
    eventually(async () => {
      const found = (await failures()).find(find);
      assert.ok(found !== undefined);
      return found;
    }, WAIT_MS);
  const stats = async (): Promise<Fields | undefined> => {
    const { queues } = await shJson(`curl -s ${system.url}/dlq/stats \\
      -H "Authorization: Bearer ${token}"`);
    assert.ok(Array.isArray(queues));
    return queues.find(({ queue }: Fields) => queue === "task-dlq");
  };
  const redrive = (failure: string) =>
    shJson(`curl -s -X POST ${system.url}/dlq/redrive \\
      -H "Authorization: Bearer ${system.adminToken}" \\
      -H "Content-Type: application/json" \\
      -d '{"id":"${failure}"}'`);

  it("3.1 is healthy and ready", async () => {
    assert.equal(await sh(`curl -s ${system.url}/health`), "ok");
    assert.equal((await shJson(`curl -s ${system.url}/ready`)).status, "ready");
  });

  it("3.2 has its queues", async () => {
    const { QueueUrls: urls } = await shJson(`aws --endpoint-url=${system.proxy.url} sqs list-queues`, aws);

    assert.ok(Array.isArray(urls));
    const names = urls.map((url) => String(url).split("/").at(-1));
    for (const name of ["order-queue", "task-queue", "notification-queue", "task-dlq"]) assert.ok(names.includes(name), name);
  });

  it("3.5 1. logs in", async () => {
    token = (
      await sh(`TOKEN=$(curl -s -X POST ${system.url}/login \\
        -H "Content-Type: application/json" \\
        -d '{"user_id":"u123","amount":1}' | jq -r .access_token)
        echo $TOKEN`)
    ).trim();

    assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it("3.5 2. creates an order, and has it carried out", async () => {
    const answer = await shJson(
      `curl -s -X POST ${system.url}/orders \\
        -H "Authorization: Bearer $TOKEN" \\
        -H "Content-Type: application/json" \\
        -d '{"user_id":"u123","amount":999}'`,
      { TOKEN: token },
    );

    const order = await polled(String(answer.poll_url), "COMPLETED");
    assert.equal(answer.status, "PENDING");
    assert.deepEqual([order.order_id, order.user_id, order.amount, order.total], [answer.order_id, "u123", 999, 999]);
  });

  it("3.5 3. counts it for Prometheus", async () => {
    const shown = await sh(`curl http://localhost:${metricsPort}/metrics | grep orders_processed`);

    assert.match(shown, /^orders_processed_total\{env="local",status="success"\} 1$/m);
  });

  it("3.6 has its documentation at hand, as pages and as data", async () => {
    for (const page of ["docs", "redoc"]) assert.match(await sh(`curl -s ${system.url}/${page}`), /^<!doctype html>/i);
    const { openapi, paths } = await shJson(`curl -s ${system.url}/openapi.json`);

    assert.match(String(openapi), /^3\.1\./);
    assert.ok(typeof paths === "object" && paths !== null && "/orders" in paths && "/login" in paths);
  });

  it("1. gets a JWT token", async () => {
    const answer = await shJson(`curl -s -X POST ${system.url}/token \\
      -H "Content-Type: application/json" \\
      -d '{ "user_id": "test-user" }'`);

    assert.deepEqual([answer.token_type, answer.expires_in], ["Bearer", 3_600]);
    token = String(answer.access_token);
  });

  it("2. submits an order, and follows it to its end", async () => {
    const answer = await shJson(`curl -s -X POST ${system.url}/orders \\
      -H "Authorization: Bearer ${token}" \\
      -H "Content-Type: application/json" \\
      -d '{
        "items": [
          {"name": "Laptop", "price": 999.99, "quantity": 1},
          {"name": "Mouse", "price": 29.99, "quantity": 2}
        ],
        "promo_code": "SAVE10"
      }'`);

    [id, pollUrl] = [String(answer.order_id), String(answer.poll_url)];
    const order = await polled(pollUrl, "COMPLETED");
    assert.deepEqual([order.subtotal, order.discount, order.total], [1_059.97, 106, 953.97]);
    assert.ok(Array.isArray(order.steps));
    assert.deepEqual(
      order.steps.map(({ step, outcome }) => `${step} ${outcome}`),
      ["inventory reserved", "fraud passed", "payment charged", "invoice stored", "notification sent"],
    );
  });

  it("2. ends the execution of the order", async () => {
    await eventually(async () => assert.equal((await describeExecution(arnOf(`${id}-1`))).status, "SUCCEEDED"), WAIT_MS);
  });

  it("3. has the invoice in the bucket, and shows it as data and as a page", async () => {
    const stored = await shJson(`aws --endpoint-url=${system.proxy.url} s3 cp s3://results-bucket/invoices/${id}.json -`, aws);
    const shown = await shJson(`curl -s ${system.url}/orders/${id}/invoice -H "Authorization: Bearer ${token}"`);
    const page = await sh(`curl -s "${pollUrl.replace("?", "/invoice?")}&format=html"`);

    assert.deepEqual([shown, shown.total], [stored, 953.97]);
    assert.ok(page.includes("<h1>Invoice</h1>") && page.includes("953.97"));
  });

  it("4. has the customer told, in the log", async () => {
    const [told, processed] = [`notified type=order.completed id=${id}-1`, `processed eventId=${id}-3 orderId=${id} newStatus=COMPLETED`];
    for (const line of [told, processed]) await eventually(() => assert.ok(system.workers[0]?.log().includes(line)), WAIT_MS);
  });

  it("3. checks the DLQ's stats", async () => {
    assert.deepEqual(await stats(), {
      queue: "task-dlq",
      messages: 0,
      inFlight: 0,
      sources: ["order-queue", "task-queue", "notification-queue"],
    });
  });

  it("takes an order that is sent to the queue by hand", async () => {
    await sh(
      `aws --endpoint-url=${system.proxy.url} sqs send-message \\
        --queue-url ${system.outputs.task_queue_url} \\
        --message-body '{
          "order_id": "${right}",
          "items": [
            {"name": "Laptop", "price": 200.99, "quantity": 1}
          ],
          "promo_code": "SAVE10"
        }'`,
      aws,
    );

    await eventually(async () => {
      const order = await shJson(`curl -s ${system.url}/orders/${right} -H "Authorization: Bearer ${system.adminToken}"`);
      assert.deepEqual([order.status, order.total], ["COMPLETED", 180.89]);
    }, WAIT_MS);
  });

  it("tries one with a negative price twice, and then has it among the failures, with the reason", async () => {
    await sh(
      `aws --endpoint-url=${system.proxy.url} sqs send-message \\
        --queue-url ${system.outputs.task_queue_url} \\
        --message-body '{
          "order_id": "${wrong}",
          "items": [
            {"name": "Invalid", "price": -100, "quantity": 1}
          ]
        }'`,
      aws,
    );

    const failure = await failureOf(({ reason }) => String(reason).includes("items.0.price must be more than 0"));
    assert.ok(Array.isArray(failure.attempts));
    assert.deepEqual([failure.queue, failure.attempts.length], ["task-queue", 2]);
    const unknown = await shJson(`curl -s ${system.url}/orders/${wrong} -H "Authorization: Bearer ${system.adminToken}"`);
    assert.equal(unknown.status, 404);
    await eventually(async () => assert.equal((await stats())?.messages, 0), WAIT_MS);
  });

  it("takes an order back that breaks on the way, and completes it once what was broken is repaired and it is redriven", async () => {
    // Prepare: nobody can store an invoice.
    system.proxy.break("s3");
    const answer = await shJson(`curl -s -X POST ${system.url}/orders \\
      -H "Authorization: Bearer ${token}" \\
      -H "Content-Type: application/json" \\
      -d '{"amount":999}'`);
    const [broken, url] = [String(answer.order_id), String(answer.poll_url)];

    // Act: the money goes back, and somebody is told why.
    const failed = await polled(url, "FAILED");
    const failure = await failureOf(({ eventId }) => eventId === `${broken}-1`);
    const execution = await eventually(async () => {
      const described = await describeExecution(arnOf(`${broken}-1`));
      assert.equal(described.status, "FAILED");
      return described;
    }, WAIT_MS);
    system.proxy.mend("s3");
    const redriven = await redrive(String(failure.id));
    const done = await polled(url, "COMPLETED");

    // Assess
    assert.equal(failed.reason, "The step invoice failed.");
    assert.match(String(execution.cause), /^The order was taken back: StepFailed: 2 attempts failed/);
    assert.ok(Array.isArray(failed.steps) && Array.isArray(done.steps));
    assert.deepEqual(
      failed.steps.map(({ step, outcome }) => `${step} ${outcome}`),
      ["inventory reserved", "fraud passed", "payment charged", "refund refunded", "release nothing"],
    );
    assert.deepEqual([redriven.outcome, done.steps.find(({ step }) => step === "payment")?.run], ["redriven", `${broken}-1-r2`]);
    await eventually(async () => assert.equal((await describeExecution(arnOf(`${broken}-1-r2`))).status, "SUCCEEDED"), WAIT_MS);
    assert.ok(!(await failures()).some(({ eventId }) => eventId === `${broken}-1`));
  });
});
