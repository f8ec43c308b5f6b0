import assert from "node:assert/strict";
import { Catalogue } from "../../../local/dynamodb/catalogue.ts";
import { Items } from "../../../local/dynamodb/items.ts";
import { Sweeper } from "../../../local/dynamodb/sweeper.ts";
import type { JsonObject } from "../../../local/json.ts";
import { TestEndpoint, tableInput } from "./endpoint.ts";

const TWO_BATCHES = 1500;

describe("the work that no call waits for", () => {
  let endpoint: TestEndpoint;
  let sweeper: Sweeper;

  beforeEach(async () => {
    endpoint = new TestEndpoint();
    const now = () => endpoint.now;
    sweeper = new Sweeper(endpoint.store, new Catalogue(endpoint.store), new Items(endpoint.store, now), now);
    await endpoint.call("CreateTable", tableInput("things"));
  });

  afterEach(() => endpoint.close());

  const sweep = () => endpoint.store.write(() => sweeper.sweep());
  const ids = async (more: JsonObject = {}) => (await endpoint.call("Scan", { TableName: "things", Select: "COUNT", ...more })).Count;
  const rows = (table: string) => Number(endpoint.store.sql(`SELECT count(*) AS n FROM ${table}`).get()?.n);

  async function sweepAll(): Promise<number> {
    for (let times = 1; times < 100; times++) if (!(await sweep())) return times;
    return assert.fail("there is no end to the sweeping");
  }

  function put(id: string, expires?: string): Promise<JsonObject> {
    const item: JsonObject = { id: { S: id }, kind: { S: "k" } };
    if (expires !== undefined) item.expires = { N: expires };
    return endpoint.call("PutItem", { TableName: "things", Item: item });
  }

  const setTimeToLive = (Enabled: boolean, AttributeName = "expires") =>
    endpoint.call("UpdateTimeToLive", { TableName: "things", TimeToLiveSpecification: { Enabled, AttributeName } });

  const addIndex = () =>
    endpoint.call("UpdateTable", {
      TableName: "things",
      AttributeDefinitions: [{ AttributeName: "kind", AttributeType: "S" }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: "by-kind",
            KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
            Projection: { ProjectionType: "KEYS_ONLY" },
          },
        },
      ],
    });

  describe("time to live", () => {
    it("deletes an item some time after its moment, and its index entries with it", async () => {
      await addIndex();
      await put("there-before", "1800000010");
      await setTimeToLive(true);
      await put("put-after", "1800000020.5");
      await put("without");
      await put("far", "1900000000");
      assert.equal(await sweep(), false);
      assert.equal(await ids(), 4);
      endpoint.now += 15_000;
      await sweep();
      assert.equal(await ids(), 3);
      endpoint.now += 15_000;
      await sweep();
      assert.deepEqual([await ids(), rows("ddb_entries")], [2, 2]);
    });

    it("follows a moment that is moved or taken away", async () => {
      await setTimeToLive(true);
      await put("moved", "1800000010");
      await put("kept", "1800000010");
      await put("moved", "1800000030");
      await put("kept");
      endpoint.now += 20_000;
      await sweep();
      assert.equal(await ids(), 2);
      endpoint.now += 20_000;
      await sweep();
      assert.equal(await ids(), 1);
    });

    it("spares what expired more than five years ago, or is no number", async () => {
      await setTimeToLive(true);
      await put("ancient", "1500000000");
      await endpoint.call("PutItem", { TableName: "things", Item: { id: { S: "text" }, expires: { S: "1800000000" } } });
      await sweep();
      assert.equal(await ids(), 2);
    });

    it("deletes nothing once it is off, nor by the attribute of before", async () => {
      await setTimeToLive(true);
      await put("a", "1800000010");
      await setTimeToLive(false);
      await setTimeToLive(true, "another");
      endpoint.now += 60_000;
      await sweepAll();
      assert.equal(await ids(), 1);
    });

    it("is described, and refused where nothing would change", async () => {
      const status = async () => (await endpoint.call("DescribeTimeToLive", { TableName: "things" })).TimeToLiveDescription;
      assert.deepEqual(await status(), { TimeToLiveStatus: "DISABLED" });
      assert.equal(
        (
          await endpoint.refused("UpdateTimeToLive", {
            TableName: "things",
            TimeToLiveSpecification: { Enabled: false, AttributeName: "x" },
          })
        ).message,
        "TimeToLive is already disabled",
      );
      assert.deepEqual(await setTimeToLive(true), { TimeToLiveSpecification: { Enabled: true, AttributeName: "expires" } });
      assert.deepEqual(await status(), { TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
      assert.equal(
        (
          await endpoint.refused("UpdateTimeToLive", {
            TableName: "things",
            TimeToLiveSpecification: { Enabled: true, AttributeName: "expires" },
          })
        ).message,
        "TimeToLive is already enabled",
      );
    });
  });

  it("fills a new index in batches, while writes go on", async () => {
    // Prepare: more items than one batch takes, some of them written while the index is not full yet.
    for (let n = 0; n < TWO_BATCHES; n++) await put(`id-${n}`);
    const query = {
      TableName: "things",
      IndexName: "by-kind",
      KeyConditionExpression: "kind = :k",
      ExpressionAttributeValues: { ":k": { S: "k" } },
      Select: "COUNT",
    };
    await addIndex();
    assert.equal((await endpoint.refused("Query", query)).message, "Cannot read from backfilling global secondary index: by-kind");
    await put("id-9999");
    await endpoint.call("DeleteItem", { TableName: "things", Key: { id: { S: "id-0" } } });
    await endpoint.call("DeleteItem", { TableName: "things", Key: { id: { S: "id-999" } } });
    await put("id-998", "1");
    endpoint.restart();
    const now = () => endpoint.now;
    sweeper = new Sweeper(endpoint.store, new Catalogue(endpoint.store), new Items(endpoint.store, now), now);
    // Act
    await sweepAll();
    endpoint.restart();
    // Assess
    assert.equal((await endpoint.call("Query", query)).Count, TWO_BATCHES - 1);
    const { Table: table } = await endpoint.call("DescribeTable", { TableName: "things" });
    assert.match(JSON.stringify(table), /"ItemCount":1499,"IndexArn"/);
  });

  it("sweeps a deleted table's rows away in batches, and no other's", async () => {
    await addIndex();
    for (let n = 0; n < TWO_BATCHES; n++) await put(`id-${n}`);
    await endpoint.call("DeleteTable", { TableName: "things" });
    await endpoint.call("CreateTable", tableInput("things"));
    await put("new");
    assert.ok((await sweepAll()) > 2);
    assert.deepEqual([rows("ddb_items"), rows("ddb_entries"), rows("ddb_chores"), await ids()], [1, 0, 0, 1]);
  });
});
