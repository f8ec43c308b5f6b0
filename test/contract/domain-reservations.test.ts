import assert from "node:assert/strict";
import { ORDER_ITEMS_MAX } from "../../domain/order-form.ts";
import { release, reserve, type StockStore } from "../../domain/reservations.ts";
import { aws, uniqueName } from "./support/endpoint.ts";
import { dropTable, MeddledClient } from "./support/ledger.ts";
import { item, newOrdersTable, newProduct, newProductsTable, stockOf } from "./support/orders.ts";

describe("Stock that is held for orders, on DynamoDB", function () {
  this.timeout(60_000);
  let store: StockStore;

  before(async () => {
    const [table, productsTable] = await Promise.all([newOrdersTable(), newProductsTable()]);
    store = { client: aws().dynamodb, table, productsTable, random: Math.random };
  });
  after(async () => {
    for (const table of [store.table, store.productsTable]) await dropTable(table);
  });

  const run = () => uniqueName("run");

  it("is taken from the product that is named, by its name or by its id", async () => {
    // Prepare
    const name = uniqueName("Widget");
    const id = await newProduct(store, name, 10);
    // Act
    const results = [await reserve(store, run(), [item(name, 3)]), await reserve(store, run(), [item("Else", 2, { productId: id })])];
    // Assess
    assert.deepEqual(results, [
      { outcome: "reserved", held: 1 },
      { outcome: "reserved", held: 1 },
    ]);
    assert.equal(await stockOf(store, id), 5);
  });

  it("has no end where no product of the name, or none with a stock, is there", async () => {
    // Prepare
    const endless = uniqueName("Endless");
    await newProduct(store, endless);
    // Act
    const result = await reserve(store, run(), [item(endless, 1_000), item(uniqueName("Unknown"), 1_000)]);
    // Assess
    assert.deepEqual(result, { outcome: "reserved", held: 0 });
  });

  it("is refused for a product id that nobody has", async () => {
    const { outcome } = await reserve(store, run(), [item("Thing", 1, { productId: "nobody" })]);
    assert.equal(outcome, "declined");
  });

  it("is held for all items of an order or for none", async () => {
    // Prepare
    const [many, few] = [uniqueName("Many"), uniqueName("Few")];
    const ids = [await newProduct(store, many, 100), await newProduct(store, few, 1)];
    const mine = run();
    // Act
    const refused = await reserve(store, mine, [item(many, 5), item(few, 2)]);
    // Assess
    assert.deepEqual(refused, { outcome: "declined", reason: `There is not enough of ${few} left.` });
    assert.deepEqual(await Promise.all(ids.map((id) => stockOf(store, id))), [100, 1]);
    // A run that held nothing may still hold something: a refusal leaves nothing behind.
    assert.equal((await reserve(store, mine, [item(many, 5), item(few, 1)])).outcome, "reserved");
  });

  it("counts what several lines want of one product together", async () => {
    // Prepare
    const name = uniqueName("Twice");
    const id = await newProduct(store, name, 5);
    // Act
    const { outcome } = await reserve(store, run(), [item(name, 3), item(name, 3)]);
    // Assess
    assert.deepEqual([outcome, await stockOf(store, id)], ["declined", 5]);
  });

  it("counts a line that names a product together with one that gives its id", async () => {
    // Prepare
    const name = uniqueName("Both");
    const id = await newProduct(store, name, 5);
    // Act
    const tooMany = await reserve(store, run(), [item(name, 3), item(name, 3, { productId: id })]);
    const enough = await reserve(store, run(), [item(name, 2), item("Else", 3, { productId: id })]);
    // Assess
    assert.deepEqual([tooMany.outcome, enough, await stockOf(store, id)], ["declined", { outcome: "reserved", held: 1 }, 0]);
  });

  it("is held for as many products as an order may have", async () => {
    // Prepare
    const ids = await Promise.all(Array.from({ length: ORDER_ITEMS_MAX }, () => newProduct(store, uniqueName("Each"), 1)));
    // Act
    const result = await reserve(
      store,
      run(),
      ids.map((productId) => item("Each", 1, { productId })),
    );
    // Assess
    assert.deepEqual(result, { outcome: "reserved", held: ORDER_ITEMS_MAX });
  });

  it("is found behind more products of its name than a page of the index holds", async () => {
    // Prepare: long names fill a page of 1 MB with few of them.
    const name = uniqueName("x".repeat(900));
    for (let made = 0; made < 1_100; made += 100) await Promise.all(Array.from({ length: 100 }, () => newProduct(store, name)));
    const last = await newProduct(store, name, 1, "2026-02-02");
    // Act
    const results = [await reserve(store, run(), [item(name, 2)]), await reserve(store, run(), [item(name, 1)])];
    // Assess
    assert.deepEqual([results.map(({ outcome }) => outcome), await stockOf(store, last)], [["declined", "reserved"], 0]);
  });

  it("is held once for a run, and given back once, however often it is asked for", async () => {
    // Prepare
    const name = uniqueName("Once");
    const id = await newProduct(store, name, 10);
    const mine = run();
    // Act
    const held = [await reserve(store, mine, [item(name, 4)]), await reserve(store, mine, [item(name, 4)])];
    const left = await stockOf(store, id);
    const given = [await release(store, mine), await release(store, mine)];
    const late = await reserve(store, mine, [item(name, 4)]);
    // Assess
    assert.deepEqual(held, [
      { outcome: "reserved", held: 1 },
      { outcome: "reserved", held: 1 },
    ]);
    assert.deepEqual([left, given, late, await stockOf(store, id)], [6, ["released", "released"], { outcome: "closed" }, 10]);
  });

  it("is not held by a step that comes after it was given back", async () => {
    // Prepare
    const name = uniqueName("Late");
    const id = await newProduct(store, name, 10);
    const mine = run();
    // Act
    const given = await release(store, mine);
    const late = await reserve(store, mine, [item(name, 4)]);
    // Assess
    assert.deepEqual([given, late, await stockOf(store, id)], ["nothing", { outcome: "closed" }, 10]);
  });

  it("is given back where the reservation was made just before the tombstone", async () => {
    // Prepare
    const name = uniqueName("Race");
    const id = await newProduct(store, name, 10);
    const mine = run();
    const meddled = new MeddledClient();
    meddled.before("PutItemCommand", () => reserve(store, mine, [item(name, 4)]));
    // Act
    const given = await release({ ...store, client: meddled.client }, mine);
    meddled.client.destroy();
    // Assess
    assert.deepEqual([given, await stockOf(store, id)], ["released", 10]);
  });

  it("is sold to the last piece and no further, by any number of orders at once", async () => {
    // Prepare
    const name = uniqueName("Rush");
    const id = await newProduct(store, name, 20);
    // Act
    const results = await Promise.all(Array.from({ length: 100 }, () => reserve(store, run(), [item(name, 1)])));
    // Assess
    const sold = results.filter(({ outcome }) => outcome === "reserved").length;
    assert.deepEqual([sold, await stockOf(store, id)], [20, 0]);
  });
});
