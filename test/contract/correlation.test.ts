import assert from "node:assert/strict";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { ADMIN, type Meddling as ApiMeddling, login, newRequest, startApi, type TestApi } from "./support/api.ts";
import { aws, eventually } from "./support/endpoint.ts";
import { hasStatus, newOrdersGround, type OrdersGround } from "./support/orders.ts";
import { describeExecution } from "./support/stepfunctions.ts";
import { newGround, type RunningWorker, startWorker, type WorkerGround } from "./support/worker.ts";

type Line = Readonly<Record<string, unknown>>;

/** The lines that say they are about an event; there must be some. */
function linesAbout(lines: readonly Line[], eventId: unknown): readonly Line[] {
  const about = lines.filter((line) => line.eventId === eventId);
  assert.ok(about.length > 0, `No line is about ${eventId}.`);
  return about;
}

describe("The id of a call", function () {
  this.timeout(60_000);
  let ground: WorkerGround;
  let api: TestApi;
  const apiMeddling: ApiMeddling = {};
  let workers: RunningWorker[];

  before(async () => {
    ground = await newGround();
    api = await startApi(ground, {}, apiMeddling);
  });
  beforeEach(() => {
    workers = [];
  });
  afterEach(async () => {
    for (const name of Object.keys(apiMeddling)) delete apiMeddling[name];
    for (const worker of workers) await worker.end();
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const work = (...[meddling]: Parameters<typeof startWorker> extends [unknown, ...infer Rest] ? Rest : never): RunningWorker => {
    const worker = startWorker(ground, meddling, () => 0);
    workers.push(worker);
    return worker;
  };
  const changeAs = async (http: string, id: string, more: Readonly<Record<string, string>> = {}) => {
    const headers = { ...ADMIN, "x-request-id": http, ...more };
    const answer = await api.call("PATCH", `/requests/${id}/status`, { headers, body: { status: "IN_PROGRESS" } });
    assert.equal(answer.status, 200, answer.text);
    return { eventId: String(answer.body.eventId), executionArn: String(answer.body.executionArn) };
  };

  it("is in the execution's input and in the worker's line, which else is as it was", async () => {
    // Prepare
    const { log } = work();
    const { id } = await newRequest(api);
    // Act
    const { eventId, executionArn } = await changeAs("call-1", id);
    const line = await eventually(() => {
      const found = log.lines.find(({ msg }) => msg === `processed eventId=${eventId} requestId=${id} newStatus=IN_PROGRESS`);
      return found ?? assert.fail("It was not processed.");
    });
    // Assess
    assert.equal(JSON.parse((await describeExecution(executionArn)).input ?? "").http, "call-1");
    assert.deepEqual([line.http, line.eventId], ["call-1", eventId]);
    assert.ok(api.log.lines.some(({ http, msg }) => http === "call-1" && msg === "PATCH /requests/{id}/status 200"));
  });

  it("stays that of the first call where another has come for its answer, in the same bytes", async () => {
    // Prepare
    const { id } = await newRequest(api);
    apiMeddling.StartExecution = () => assert.fail("not today");
    const input = async () => {
      const Key = { PK: { S: `REQ#${id}` } };
      const { Item: item } = await aws().dynamodb.send(
        new GetItemCommand({ TableName: ground.outputs.requests_table, Key, ConsistentRead: true }),
      );
      return item?.pending?.M?.["2"]?.M?.input?.S;
    };
    // Act
    const first = await changeAs("call-2", id, { "idempotency-key": id });
    const stored = await input();
    const second = await changeAs("call-3", id, { "idempotency-key": id });
    // Assess
    assert.equal(first.eventId, second.eventId);
    assert.equal(JSON.parse(stored ?? "").http, "call-2");
    assert.equal(await input(), stored);
  });

  it("is in the relay's line, in each failed attempt's and in the dead letter's", async () => {
    // Prepare
    const { id } = await newRequest(api);
    apiMeddling.StartExecution = () => assert.fail("not today");
    let failures = 5;
    const { log } = work({
      SendTaskSuccessCommand: (input) => {
        if (JSON.stringify(input).includes(`${id}-2`) && failures-- > 0) throw new Error("Not today.");
      },
    });
    // Act
    const { eventId } = await changeAs("call-4", id);
    const about = await eventually(() => {
      const lines = linesAbout(log.lines, eventId);
      assert.ok(lines.some(({ msg }) => msg === "a dead letter was kept"));
      return lines;
    }, 30_000);
    // Assess
    assert.deepEqual(new Set(about.map(({ http }) => http)), new Set(["call-4"]));
    const said = about.map(({ msg }) => msg);
    for (const msg of ["the relay has started an execution, or found it running", "an attempt at a message failed"])
      assert.ok(said.includes(msg), `${msg} is not in ${said.join("; ")}`);
    assert.ok(api.log.lines.some(({ http, eventId: of, level }) => http === "call-4" && of === eventId && level === 40));
  });
});

describe("The id of a call that places an order", function () {
  this.timeout(60_000);
  let ground: OrdersGround;
  let api: TestApi;
  let worker: RunningWorker;

  before(async () => {
    ground = await newOrdersGround();
    api = await startApi(ground);
    worker = startWorker(ground);
  });
  after(async () => {
    await worker?.end();
    await api?.stop();
    await ground?.drop();
  });

  it("is in the lines of its steps", async () => {
    // Prepare
    const headers = { ...(await login(api, "ann")), "x-request-id": "order-call" };
    // Act
    const placed = await api.call("POST", "/orders", { headers, body: { amount: 12.5 } });
    const id = String(placed.body.order_id);
    await hasStatus(ground.ledger, id, "COMPLETED", 30_000);
    // Assess
    const about = linesAbout(worker.log.lines, `${id}-1`);
    assert.ok(about.every(({ http }) => http === "order-call"));
    assert.ok(about.some(({ msg }) => String(msg).endsWith(`orderId=${id} newStatus=COMPLETED`)));
  });
});
