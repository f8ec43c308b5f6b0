import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { text, whole } from "../../domain/attributes.ts";
import { changeStatus } from "../../domain/changes.ts";
import { createRecord } from "../../domain/creation.ts";
import type { ChangeEvent } from "../../domain/event.ts";
import { listFailures } from "../../domain/failures.ts";
import { type ProductStatus, products } from "../../domain/products.ts";
import { redriveFailure } from "../../domain/redrive.ts";
import { readStanding } from "../../domain/standing.ts";
import { executionArn } from "../../workflows/starter.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";
import { eventually, uniqueName } from "./support/endpoint.ts";
import { stored } from "./support/ledger.ts";
import { ended } from "./support/stepfunctions.ts";
import { newGround, type RunningWorker, startExecution, startWorker, type WorkerGround } from "./support/worker.ts";

describe("A worker with products", function () {
  this.timeout(60_000);
  let receiver: WebhookReceiver;
  let ground: WorkerGround<ProductStatus>;
  let workers: RunningWorker[];

  before(async () => {
    receiver = await WebhookReceiver.start();
    const webhook = { NOTIFY_WEBHOOK_URL: `${receiver.url}/told`, NOTIFY_WEBHOOK_SECRET: "sixteen-characters-at-least" };
    ground = await newGround({ VISIBILITY_SECONDS: "2", EXTEND_SECONDS: "1", BEAT_SECONDS: "1", ...webhook }, products);
  });
  beforeEach(() => {
    workers = [];
    receiver.answer = (response) => void response.end();
  });
  afterEach(async () => {
    for (const worker of workers) await worker.end();
  });
  after(async () => {
    receiver?.stop();
    await ground?.drop();
  });

  const work = (meddling = {}): RunningWorker => {
    const worker = startWorker(ground, meddling, () => 0);
    workers.push(worker);
    return worker;
  };
  const made = async (): Promise<ChangeEvent> => {
    const attributes = { name: text("Laptop"), priceCents: whole(129_999) };
    const outcome = await createRecord(ground.ledger, { id: uniqueName("p"), changeId: randomUUID(), attributes });
    assert.ok(outcome.outcome === "created");
    return outcome.event;
  };
  const deleted = async (id: string): Promise<ChangeEvent> => {
    const outcome = await changeStatus(ground.ledger, { id, to: "DELETED", changeId: randomUUID() });
    assert.ok(outcome.outcome === "changed");
    return outcome.event;
  };
  const settled = (event: ChangeEvent) =>
    eventually(async () => assert.equal((await readStanding(ground.ledger, event)).standing, "settled"), 20_000);
  const refuse = (eventId: string) => {
    receiver.answer = (response) => {
      const isRefused = receiver.received.at(-1)?.headers["milepost-id"] === eventId;
      response.writeHead(isRefused ? 400 : 200).end();
    };
  };

  it("tells of a product's creation and of its deletion, and ends each execution with its entry", async () => {
    // Prepare
    const { log } = work();
    const creation = await made();
    const { id } = creation;
    // Act
    const first = await ended(await startExecution(ground, creation));
    const second = await ended(await startExecution(ground, await deleted(id)));
    // Assess
    const { history } = await stored(ground.ledger, id);
    assert.deepEqual(
      [first, second].map(({ output }) => JSON.parse(output ?? "")),
      history,
    );
    assert.deepEqual(receiver.idsOf(id), [`${id}-1`, `${id}-2`]);
    const [told] = receiver.received.filter(({ headers }) => headers["milepost-id"] === `${id}-1`);
    const { type, subject, data } = JSON.parse(told?.body ?? "");
    assert.deepEqual([type, subject], ["product.created", "The product Laptop is new"]);
    assert.deepEqual(data, { id, name: "Laptop", price: 1299.99, status: "ACTIVE", version: 1 });
    assert.ok(log.messages.includes(`notified type=product.deleted id=${id}-2`));
  });

  it("tells of the creation first where the deletion's message comes before it", async () => {
    // Prepare
    work();
    const creation = await made();
    const deletion = await deleted(creation.id);
    // Act
    await ended(await startExecution(ground, deletion));
    await ended(await startExecution(ground, creation));
    // Assess
    assert.deepEqual(receiver.idsOf(creation.id), [`${creation.id}-1`, `${creation.id}-2`]);
  });

  it("tells again under the same id where it could not write down that it had told", async () => {
    // Prepare
    let refusals = 1;
    const creation = await made();
    work({
      UpdateItemCommand: (input: object) => {
        if (JSON.stringify(input).includes(`PRODUCT#${creation.id}`) && refusals-- > 0) throw new Error("The table has gone away.");
      },
    });
    // Act
    const { status } = await ended(await startExecution(ground, creation));
    // Assess
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(receiver.idsOf(creation.id), [`${creation.id}-1`, `${creation.id}-1`]);
    assert.equal((await stored(ground.ledger, creation.id)).history.length, 1);
  });

  it("gives up what no receiver takes, tells of what comes after it, and delivers it once it is redriven", async () => {
    // Prepare
    work();
    const creation = await made();
    const { id } = creation;
    refuse(`${id}-1`);
    // Act
    const { status } = await ended(await startExecution(ground, creation));
    const failure = await eventually(async () => {
      const { failures } = await listFailures(ground.failures, "products", 100);
      const found = failures.find(({ recordId }) => recordId === id);
      assert.ok(found !== undefined);
      return found;
    }, 30_000);
    const deletion = await deleted(id);
    await ended(await startExecution(ground, deletion));
    const before = receiver.idsOf(id);
    refuse("none");
    const ports = { ledgerOf: () => ground.ledger, send: async () => assert.fail("no message is sent by hand") };
    const redriven = await redriveFailure(ground.failures, failure.id, ports);
    await settled(creation);
    // Assess
    assert.equal(status, "FAILED");
    assert.match(failure.reason ?? "", /webhook: the answer was 400/);
    assert.equal(before.at(-1), `${id}-2`);
    assert.ok(before.slice(0, -1).every((one) => one === `${id}-1`) && before.length > products.receivesMax);
    assert.deepEqual(redriven, { outcome: "redriven" });
    assert.equal(receiver.idsOf(id).at(-1), `${id}-1`);
  });

  it("tells, by its relay, of what nobody has started an execution for", async () => {
    // Prepare
    work();
    // Act
    const creation = await made();
    await settled(creation);
    // Assess
    assert.deepEqual(receiver.idsOf(creation.id), [`${creation.id}-1`]);
    const { status } = await ended(executionArn(ground.stateMachineArn, creation.eventId));
    assert.equal(status, "SUCCEEDED");
  });
});
