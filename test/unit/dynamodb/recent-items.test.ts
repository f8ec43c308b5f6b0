import assert from "node:assert/strict";
import { RecentItems } from "../../../local/dynamodb/recent-items.ts";
import { StoredItem } from "../../../local/dynamodb/stored-item.ts";
import { REGION, TestEndpoint, tableInput } from "./endpoint.ts";

const table = (id: number) => ({ id });
const key = (pk: string, sk = "") => ({ pk: Buffer.from(pk), sk: Buffer.from(sk) });
const sized = (id: number, size: number) => new StoredItem(id, size, "{}");

describe("Items that are kept in memory", () => {
  it("are found by their table and both parts of their key", () => {
    // Prepare
    const recent = new RecentItems();

    // Act
    recent.set(table(1), key("ab", "c"), sized(1, 10));
    recent.set(table(1), key("a", "bc"), sized(2, 10));
    recent.set(table(2), key("ab", "c"), sized(3, 10));

    // Assess
    const found = [recent.get(table(1), key("ab", "c")), recent.get(table(1), key("a", "bc")), recent.get(table(2), key("ab", "c"))];
    assert.deepEqual(
      found.map((item) => item?.id),
      [1, 2, 3],
    );
    assert.equal(recent.get(table(2), key("a", "bc")), undefined);
  });

  it("are those used lately, no more than there is room for, and none that is long", () => {
    // Prepare
    const keys = Array.from({ length: 40 }, (_, index) => key(`item ${index}`));
    const filled = () => {
      const recent = new RecentItems();
      for (const [index, one] of keys.entries()) {
        recent.set(table(1), one, sized(index, 32 * 1024));
        recent.get(table(1), key("item 0"));
      }
      recent.set(table(1), key("long"), sized(99, 32 * 1024 + 1));
      return recent;
    };

    // Act: looking for one may drive out others, so each is looked for in a cache of its own.
    const kept = keys.flatMap((one, index) => (filled().get(table(1), one) === undefined ? [] : [index]));

    // Assess
    assert.deepEqual(kept, [0, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
    assert.equal(filled().get(table(1), key("long")), undefined);
  });

  it("are forgotten where the write they are of is taken back", async () => {
    // Prepare
    const endpoint = new TestEndpoint();
    try {
      await endpoint.call("CreateTable", tableInput("things"));
      const Key = { id: { S: "a" } };
      await endpoint.call("PutItem", { TableName: "things", Item: { ...Key, color: { S: "red" } } });
      const paint = {
        TableName: "things",
        Key,
        UpdateExpression: "SET color = :blue",
        ExpressionAttributeValues: { ":blue": { S: "blue" } },
      };

      // Act
      const broken = endpoint.store.write(() => {
        endpoint.db.updateItem(paint, REGION);
        throw new Error("no");
      });
      await assert.rejects(broken, /no/);

      // Assess
      const { Item: item } = await endpoint.call("GetItem", { TableName: "things", Key });
      assert.deepEqual(item, { ...Key, color: { S: "red" } });
    } finally {
      endpoint.close();
    }
  });
});
