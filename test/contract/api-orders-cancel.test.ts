import assert from "node:assert/strict";
import { executionArn } from "../../workflows/starter.ts";
import { ADMIN, login, startApi, type TestApi } from "./support/api.ts";
import { eventually, uniqueName } from "./support/endpoint.ts";
import { newOrdersGround, newProduct, type OrdersGround, paymentsOf, stockOf } from "./support/orders.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

type Fields = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string>>;

describe("The API's orders are cancelled", function () {
  this.timeout(40_000);
  let ground: OrdersGround;
  let api: TestApi;
  let ann: Headers;
  let bob: Headers;
  let worker: RunningWorker | undefined;

  before(async () => {
    ground = await newOrdersGround();
    api = await startApi(ground, { ORDERS_PER_MINUTE: "1000" });
    [ann, bob] = [await login(api, "ann"), await login(api, "bob")];
  });
  afterEach(async () => {
    await worker?.end();
    worker = undefined;
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const place = async (headers: Headers, body: object = { amount: 999 }): Promise<{ id: string; poll: string }> => {
    const answer = await api.call("POST", "/orders", { headers, body });
    assert.equal(answer.status, 202, answer.text);
    const { pathname, search } = new URL(String(answer.body.poll_url));
    return { id: String(answer.body.order_id), poll: `${pathname}${search}` };
  };
  const becomes = (address: string, status: string): Promise<Fields> =>
    eventually(async () => {
      const { body } = await api.call("GET", address);
      assert.equal(body.status, status);
      return body;
    }, 20_000);
  const cancel = (id: string, headers: Headers, body: object = {}) => api.call("POST", `/orders/${id}/cancel`, { headers, body });

  it("before anything was taken, which then never is", async () => {
    // Prepare
    const name = uniqueName("Early");
    const product = await newProduct(ground.stock, name, 5);
    const { id, poll } = await place(ann, { items: [{ name, price: 999.99, quantity: 1 }] });

    // Act
    const { status, body, headers } = await cancel(id, ann, { note: "changed my mind" });
    worker = startWorker(ground);
    const done = await becomes(poll, "CANCELLED");

    // Assess
    const arn = executionArn(ground.stateMachineArn, `${id}-2`);
    assert.deepEqual([status, headers.get("etag")], [202, '"2"']);
    assert.deepEqual(body, { order_id: id, status: "CANCELLING", event_id: `${id}-2`, execution_arn: arn });
    assert.equal(done.reason, "changed my mind");
    assert.deepEqual(await paymentsOf(ground.stock, id), { [`${id}-1`]: "void" });
    assert.equal(await stockOf(ground.stock, product), 5);
  });

  it("after they were paid, which is refunded", async () => {
    // Prepare
    const { id, poll } = await place(ann);
    worker = startWorker(ground);
    await becomes(poll, "COMPLETED");

    // Act
    const { status } = await cancel(id, ann);
    const done = await becomes(poll, "CANCELLED");

    // Assess
    assert.equal(status, 202);
    assert.ok(Array.isArray(done.steps));
    assert.equal(done.steps.find(({ step }: Fields) => step === "refund")?.outcome, "refunded");
    assert.deepEqual(await paymentsOf(ground.stock, id), { [`${id}-1`]: "refunded" });
  });

  it("by their owner or the administrator, whoever else has the poll address", async () => {
    const [one, other] = [await place(ann), await place(ann)];

    assert.deepEqual([(await cancel(one.id, bob)).status, (await cancel(one.id, ADMIN)).status], [404, 202]);
    const sig = other.poll.split("?")[1];
    assert.equal((await api.call("POST", `/orders/${other.id}/cancel?${sig}`, { body: {} })).status, 401);
    assert.equal((await cancel(uniqueName("none"), ann)).status, 404);
  });

  it("once, from a status that can be taken back, and at the version that If-Match names", async () => {
    // Prepare
    const { id } = await place(ann);
    const rejected = await place(ann, { amount: 1.13 });
    worker = startWorker(ground);
    await becomes(rejected.poll, "REJECTED");
    await worker.end();

    // Act
    const stale = await cancel(id, { ...ann, "if-match": '"7"' });
    const { version } = (await api.call("GET", `/orders/${id}`, { headers: ann })).body;
    const first = await cancel(id, { ...ann, "if-match": `"${version}"` });
    const [again, late] = [await cancel(id, ann), await cancel(rejected.id, ann)];

    // Assess
    assert.deepEqual([stale.status, first.status, again.status, late.status], [412, 202, 409, 409]);
    assert.deepEqual([late.body.currentStatus, late.body.legal, again.body.currentStatus], ["REJECTED", [], "CANCELLING"]);
  });
});
