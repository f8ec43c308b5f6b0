import assert from "node:assert/strict";
import { paginateGetExecutionHistory } from "@aws-sdk/client-sfn";
import { executionArn } from "../../workflows/starter.ts";
import { eventually } from "../support/eventually.ts";
import { TestSystem } from "../support/system.ts";

const ORDERS = 10;
const WAIT_MS = 60_000;
const AMOUNT = { amount: 999 };
const ITEMS = { items: [{ name: "Laptop", price: 999.99, quantity: 1 }] };

/** What these count is listed, each with its reason, in docs/orders.md. */
describe("what an order costs", function () {
  this.timeout(180_000);
  let system: TestSystem;
  let token = "";

  before(async () => {
    system = await TestSystem.start();
    token = String((await send("/login", { user_id: "u123" })).access_token);
  });
  after(() => system?.stop());

  const send = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const headers = { "content-type": "application/json", ...(token !== "" && { authorization: `Bearer ${token}` }) };
    const init = { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) };
    const answer: unknown = await (await fetch(`${system.url}${path}`, init)).json();
    return typeof answer === "object" && answer !== null ? { ...answer } : {};
  };
  const place = async (body: object) => String((await send("/orders", body)).order_id);

  /** Waits by the counts alone, since looking costs calls, too: each way ends with so many answers to its executions. */
  async function countOf(work: () => Promise<unknown>, answers: number): Promise<Record<string, number>> {
    const before = new Map(system.proxy.counts);
    await work();
    const added = (name: string) => system.proxy.count(name) - (before.get(name) ?? 0);
    await eventually(() => assert.equal(added("SendTaskSuccess"), answers), WAIT_MS);
    // Those that time brings are polls, what they share, and the relay's looks.
    const timed = new Set(["ReceiveMessage", "Query", "DeleteMessageBatch"]);
    const counts = [...system.proxy.counts.keys()].filter((name) => !timed.has(name)).map((name) => [name, added(name)] as const);
    return Object.fromEntries(counts.filter(([, count]) => count !== 0));
  }

  const many = (body: object) => () => Promise.all(Array.from({ length: ORDERS }, () => place(body)));

  /** Whatever takes longer than two seconds the relay looks at: it leases the order and starts its execution, which is there. */
  function assertCosts({
    StartExecution: starts = 0,
    UpdateItem: updates = 0,
    DescribeExecution: _,
    ...rest
  }: Record<string, number>): void {
    const late = starts - ORDERS;
    assert.ok(late >= 0);
    assert.equal(updates - late, 6 * ORDERS);
    assert.deepEqual(rest, { GetItem: ORDERS, PutItem: 2 * ORDERS, "S3 PUT": 2 * ORDERS, SendTaskSuccess: 5 * ORDERS });
  }

  it("is 17 calls from placing it to its completion, and a share of what polls receive and delete", async () => {
    assertCosts(await countOf(many(AMOUNT), 5 * ORDERS));
  });

  it("is a query more for each of its items that a product could be meant by", async () => {
    const before = system.proxy.count("Query");

    assertCosts(await countOf(many(ITEMS), 5 * ORDERS));
    assert.ok(system.proxy.count("Query") - before >= ORDERS);
  });

  it("is nine states entered, five of them tasks", async () => {
    const id = await place(AMOUNT);
    const executionArnOf = executionArn(system.outputs.orders_state_machine_arn, `${id}-1`);
    const entered = await eventually(async () => {
      const names: string[] = [];
      let last = "";
      for await (const page of paginateGetExecutionHistory({ client: system.clients.sfn }, { executionArn: executionArnOf })) {
        last = page.events?.at(-1)?.type ?? last;
        names.push(...(page.events ?? []).flatMap(({ stateEnteredEventDetails: details }) => details?.name ?? []));
      }
      assert.equal(last, "ExecutionSucceeded");
      return names;
    }, WAIT_MS);

    const states = ["Check", "Checked", "Fraud", "Inventory", "Invoice", "Notify", "Paid", "Payment", "Route"];
    assert.deepEqual(entered.sort(), states);
  });
});
