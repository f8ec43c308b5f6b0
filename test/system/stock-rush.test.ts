import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { eventually } from "../support/eventually.ts";
import { TestSystem } from "../support/system.ts";

const PIECES = 100;
const ORDERS = 500;
const WAIT_MS = 90_000;

type Fields = Readonly<Record<string, unknown>>;

/** Not run against LocalStack, which would need minutes for it. */
describe("500 orders at once for one of 100 pieces", function () {
  this.timeout(180_000);
  let system: TestSystem;

  before(async () => {
    system = await TestSystem.start({ variables: { ORDERS_PER_MINUTE: "100000" }, workers: 2 });
  });
  after(() => system?.stop());

  const call = async (method: string, path: string, body?: object): Promise<Fields> => {
    const headers = { authorization: `Bearer ${system.adminToken}`, "content-type": "application/json" };
    const init = { method, headers, body: JSON.stringify(body) ?? null, signal: AbortSignal.timeout(30_000) };
    const given = await fetch(`${system.url}${path}`, init);
    const answer: unknown = await given.json();
    if (given.status === 503) {
      // So many at once are too many: whoever is turned away comes again, as it is told.
      await sleep(Number(given.headers.get("retry-after")) * 1_000 * (1 + Math.random()));
      return call(method, path, body);
    }
    return typeof answer === "object" && answer !== null ? { ...answer } : {};
  };

  it("sell exactly 100, charge exactly those, and are told apart by it", async () => {
    // Prepare
    const { id } = await call("POST", "/products", { name: "Ticket", price: 80, stock: PIECES });
    const order = { user_id: "rush", items: [{ name: "Ticket", price: 80, quantity: 1, product_id: id }] };

    // Act
    const placed = await Promise.all(Array.from({ length: ORDERS }, () => call("POST", "/orders", order)));
    const statuses = await eventually(async () => {
      const orders = await Promise.all(placed.map(({ order_id: orderId }) => call("GET", `/orders/${orderId}`)));
      const all = orders.map(({ status }) => String(status));
      assert.ok(!all.some((status) => ["PENDING", "PAID"].includes(status)), "some are on their way");
      return all;
    }, WAIT_MS);

    // Assess
    const count = (wanted: string) => statuses.filter((status) => status === wanted).length;
    assert.deepEqual([count("COMPLETED"), count("REJECTED")], [PIECES, ORDERS - PIECES]);
    assert.equal((await call("GET", `/products/${id}`)).stock, 0);
    let charged = 0;
    const scan = { TableName: system.outputs.dynamodb_table, FilterExpression: "begins_with(PK, :payment)" };
    const values = { ":payment": { S: "PAYMENT#" } };
    for await (const page of paginateScan({ client: system.clients.dynamodb }, { ...scan, ExpressionAttributeValues: values }))
      charged += (page.Items ?? []).filter(({ state }) => state?.S === "charged").length;
    assert.equal(charged, PIECES);
  });
});
