import assert from "node:assert/strict";
import { paginateGetExecutionHistory } from "@aws-sdk/client-sfn";
import { executionArn } from "../../workflows/starter.ts";
import { eventually } from "../support/eventually.ts";
import { TestSystem } from "../support/system.ts";

const ORDERS = 5;
const QUICK_MS = 1_000;
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

  /**
   * Where an endpoint is slow, the relay leases an order after two seconds and starts it again, in vain: more may be counted
   * of these calls alone.
   */
  async function assertCosts(work: () => Promise<unknown>): Promise<void> {
    const began = performance.now();
    const counted = await countOf(work, 5 * ORDERS);
    const isQuick = performance.now() - began < QUICK_MS;
    const { GetItem: reads = 0, StartExecution: starts = 0, UpdateItem: updates = 0, DescribeExecution: _, ...rest } = counted;

    assert.deepEqual(rest, { PutItem: 2 * ORDERS, "S3 PUT": 2 * ORDERS, SendTaskSuccess: 5 * ORDERS });
    if (isQuick) assert.deepEqual([reads, starts, updates], [2 * ORDERS, ORDERS, 6 * ORDERS]);
    else
      assert.ok(reads >= 2 * ORDERS && reads <= 5 * ORDERS && starts >= ORDERS && updates - starts >= 5 * ORDERS, JSON.stringify(counted));
  }

  it("is 18 calls from placing it to its completion, and a share of what polls receive and delete", async () => {
    await assertCosts(many(AMOUNT));
  });

  it("is a query more for each of its items that a product could be meant by", async () => {
    const before = system.proxy.count("Query");

    await assertCosts(many(ITEMS));
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
