import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../local/json.ts";
import { TestEndpoint, tableInput } from "./endpoint.ts";

const TABLE: JsonObject = {
  TableName: "orders",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "id", AttributeType: "S" },
    { AttributeName: "moment", AttributeType: "N" },
    { AttributeName: "state", AttributeType: "S" },
    { AttributeName: "rank", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "id", KeyType: "HASH" },
    { AttributeName: "moment", KeyType: "RANGE" },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: "by-rank",
      KeySchema: [
        { AttributeName: "id", KeyType: "HASH" },
        { AttributeName: "rank", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "by-state",
      KeySchema: [
        { AttributeName: "state", KeyType: "HASH" },
        { AttributeName: "moment", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["extra"] },
    },
    { IndexName: "all-by-state", KeySchema: [{ AttributeName: "state", KeyType: "HASH" }], Projection: { ProjectionType: "ALL" } },
  ],
};

const ASCENDING = ["-20.5", "-3", "0", "0.5", "2", "10", "100"];

describe("Query and Scan", () => {
  let endpoint: TestEndpoint;

  before(async () => {
    endpoint = new TestEndpoint();
    await endpoint.call("CreateTable", TABLE);
    for (const [place, at] of ["10", "0", "-3", "100", "2", "-20.5", "0.5"].entries()) {
      const item: JsonObject = { id: { S: "a" }, moment: { N: at }, note: { S: `n${place}` }, extra: { S: "e" } };
      if (place % 2 === 0) item.state = { S: "open" };
      if (place < 3) item.rank = { S: `r${place}` };
      await endpoint.call("PutItem", { TableName: "orders", Item: item });
    }
    await endpoint.call("PutItem", { TableName: "orders", Item: { id: { S: "b" }, moment: { N: "1" }, state: { S: "open" } } });
    await endpoint.call("CreateTable", tableInput("words", "word"));
    for (const word of ["a", "ab", "abc", "b", "é", "z", "\u{1f600}"]) {
      await endpoint.call("PutItem", { TableName: "words", Item: { id: { S: "w" }, word: { S: word } } });
    }
  });

  after(() => endpoint.close());

  const query = (expression: string, values: JsonObject, more: JsonObject = {}) => {
    const input = { TableName: "orders", KeyConditionExpression: expression, ExpressionAttributeValues: values, ...more };
    return endpoint.call("Query", input);
  };
  const A = { ":a": { S: "a" } };

  function pluck(answer: JsonObject, name: string): Json[] {
    assert.ok(Array.isArray(answer.Items));
    return answer.Items.map((item) => Object.values((item as { [name: string]: JsonObject })[name] ?? {})[0] ?? null);
  }

  /** All pages, each begun where the one before ended. */
  async function pages(operation: string, input: JsonObject): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    for (let start: Json | undefined; found.length < 100; ) {
      const page = await endpoint.call(operation, start === undefined ? input : { ...input, ExclusiveStartKey: start });
      found.push(page);
      start = page.LastEvaluatedKey;
      if (start === undefined) return found;
    }
    return assert.fail("there is no end to the pages");
  }

  it("gives a partition's items in the order of their numbers, or turned round", async () => {
    assert.deepEqual(pluck(await query("id = :a", A), "moment"), ASCENDING);
    assert.deepEqual(pluck(await query("id = :a", A, { ScanIndexForward: false }), "moment"), ASCENDING.toReversed());
  });

  it("gives strings in the order of their UTF-8 bytes", async () => {
    const words = await query("id = :w", { ":w": { S: "w" } }, { TableName: "words" });
    assert.deepEqual(pluck(words, "word"), ["a", "ab", "abc", "b", "z", "é", "\u{1f600}"]);
  });

  const ranges: [string, JsonObject, string[]][] = [
    ["moment = :n", { ":n": { N: "0.50" } }, ["0.5"]],
    ["moment < :n", { ":n": { N: "0" } }, ["-20.5", "-3"]],
    ["moment <= :n", { ":n": { N: "0" } }, ["-20.5", "-3", "0"]],
    ["moment > :n", { ":n": { N: "2" } }, ["10", "100"]],
    [":n <= moment", { ":n": { N: "2" } }, ["2", "10", "100"]],
    ["moment BETWEEN :n AND :m", { ":n": { N: "-3" }, ":m": { N: "2" } }, ["-3", "0", "0.5", "2"]],
  ];
  for (const [condition, values, expected] of ranges) {
    it(`finds the range ${condition}`, async () => {
      assert.deepEqual(pluck(await query(`id = :a AND ${condition}`, { ...A, ...values }), "moment"), expected);
      assert.deepEqual(pluck(await query(`(${condition}) AND id = :a`, { ...A, ...values }), "moment"), expected);
    });
  }

  it("finds what begins with a prefix", async () => {
    const answer = await query("id = :w AND begins_with(word, :p)", { ":w": { S: "w" }, ":p": { S: "ab" } }, { TableName: "words" });
    assert.deepEqual(pluck(answer, "word"), ["ab", "abc"]);
  });

  it("takes the older KeyConditions", async () => {
    const KeyConditions = {
      id: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "a" }] },
      moment: { ComparisonOperator: "GE", AttributeValueList: [{ N: "10" }] },
    };
    assert.deepEqual(pluck(await endpoint.call("Query", { TableName: "orders", KeyConditions }), "moment"), ["10", "100"]);
  });

  it("pages through a range both ways without losing or repeating an item", async () => {
    for (const ScanIndexForward of [true, false]) {
      const input = {
        TableName: "orders",
        KeyConditionExpression: "id = :a AND moment > :n",
        ExpressionAttributeValues: { ...A, ":n": { N: "-20.5" } },
        Limit: 2,
        ScanIndexForward,
      };
      const all = (await pages("Query", input)).flatMap((page) => pluck(page, "moment"));
      const expected = ASCENDING.slice(1);
      assert.deepEqual(all, ScanIndexForward ? expected : expected.toReversed());
    }
  });

  it("filters after reading, so that a page may hold less than was scanned", async () => {
    const answer = await query("id = :a", { ...A, ":n": { S: "n3" } }, { FilterExpression: "note = :n", Limit: 3 });
    assert.deepEqual([answer.Count, answer.ScannedCount, pluck(answer, "moment")], [0, 3, []]);
    const whole = await query("id = :a", { ...A, ":n": { S: "n3" } }, { FilterExpression: "note = :n" });
    assert.deepEqual([whole.Count, whole.ScannedCount, pluck(whole, "moment")], [1, 7, ["100"]]);
  });

  it("counts only, when asked", async () => {
    assert.deepEqual(await query("id = :a", A, { Select: "COUNT" }), { Count: 7, ScannedCount: 7 });
  });

  it("shows on an index what the index projects, of items that have its key", async () => {
    const answer = await query(
      "#s = :o",
      { ":o": { S: "open" } },
      { IndexName: "by-state", ExpressionAttributeNames: { "#s": "state" }, Limit: 2 },
    );
    assert.deepEqual(answer.Items, [
      { id: { S: "a" }, moment: { N: "-3" }, extra: { S: "e" }, state: { S: "open" } },
      { id: { S: "a" }, moment: { N: "0.5" }, extra: { S: "e" }, state: { S: "open" } },
    ]);
    assert.deepEqual(answer.LastEvaluatedKey, { id: { S: "a" }, moment: { N: "0.5" }, state: { S: "open" } });
  });

  it("pages through an index by the index's and the table's keys", async () => {
    for (const [IndexName, ScanIndexForward] of [
      ["by-state", true],
      ["by-state", false],
      ["all-by-state", true],
      ["all-by-state", false],
    ] as const) {
      const input = {
        TableName: "orders",
        IndexName,
        KeyConditionExpression: "#s = :o",
        ExpressionAttributeNames: { "#s": "state" },
        ExpressionAttributeValues: { ":o": { S: "open" } },
        Limit: 1,
        ScanIndexForward,
      };
      const all = (await pages("Query", input)).flatMap((page) => pluck(page, "moment"));
      assert.deepEqual([...all].sort(), ["-3", "0.5", "1", "10", "2"], `${IndexName} ${ScanIndexForward}`);
    }
  });

  it("fetches from the table what a local index does not hold", async () => {
    const plain = await query("id = :a", A, { IndexName: "by-rank", Limit: 1 });
    assert.deepEqual(plain.Items, [{ id: { S: "a" }, moment: { N: "10" }, rank: { S: "r0" } }]);
    const named = await query("id = :a", A, { IndexName: "by-rank", ProjectionExpression: "note" });
    assert.deepEqual(pluck(named, "note"), ["n0", "n1", "n2"]);
    const whole = await query("id = :a", A, { IndexName: "by-rank", Select: "ALL_ATTRIBUTES", ConsistentRead: true });
    assert.deepEqual(pluck(whole, "note"), ["n0", "n1", "n2"]);
  });

  const refusals: [string, JsonObject, string][] = [
    ["no key condition", {}, "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."],
    ["no condition on the partition", { KeyConditionExpression: "moment = :n" }, "Query condition missed key schema element: id"],
    [
      "a condition on another attribute",
      { KeyConditionExpression: "id = :s AND note = :s" },
      "Query condition missed key schema element: moment",
    ],
    ["no equality on the partition", { KeyConditionExpression: "id > :s" }, "Query key condition not supported"],
    ["OR", { KeyConditionExpression: "id = :s OR moment = :n" }, "Invalid operator used in KeyConditionExpression: OR"],
    ["<>", { KeyConditionExpression: "id <> :s" }, "Invalid operator used in KeyConditionExpression: <>"],
    ["a function", { KeyConditionExpression: "attribute_exists(id)" }, "Invalid operator used in KeyConditionExpression: attribute_exists"],
    ["size", { KeyConditionExpression: "size(id) = :n" }, "KeyConditionExpressions cannot contain nested operations"],
    ["a nested attribute", { KeyConditionExpression: "id.b = :s" }, "KeyConditionExpressions cannot have conditions on nested attributes"],
    ["one key twice", { KeyConditionExpression: "id = :s AND id = :s" }, "KeyConditionExpressions must only contain one condition per key"],
    [
      "two attributes",
      { KeyConditionExpression: "id = moment" },
      "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
    ],
    [
      "another type than the key's",
      { KeyConditionExpression: "id = :n" },
      "One or more parameter values were invalid: Condition parameter type does not match schema type",
    ],
    ["an unknown index", { KeyConditionExpression: "id = :s", IndexName: "nope" }, "The table does not have the specified index: nope"],
    [
      "a consistent read of a global index",
      { KeyConditionExpression: "id = :s", IndexName: "by-state", ConsistentRead: true },
      "Consistent reads are not supported on global secondary indexes",
    ],
    [
      "a key in the filter",
      { KeyConditionExpression: "id = :s", FilterExpression: "moment > :n" },
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: moment",
    ],
    [
      "attributes that a global index does not have",
      {
        KeyConditionExpression: "#s = :s",
        IndexName: "by-state",
        ExpressionAttributeNames: { "#s": "state" },
        ProjectionExpression: "note",
      },
      "One or more parameter values were invalid: Global secondary index by-state does not project [note]",
    ],
    [
      "all attributes of a global index that has not all",
      { KeyConditionExpression: "#s = :s", IndexName: "by-state", ExpressionAttributeNames: { "#s": "state" }, Select: "ALL_ATTRIBUTES" },
      "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index by-state because its projection type is not ALL",
    ],
    [
      "specific attributes that are not given",
      { KeyConditionExpression: "id = :s", Select: "SPECIFIC_ATTRIBUTES" },
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    ],
    [
      "a starting key of the wrong form",
      { KeyConditionExpression: "id = :s", ExclusiveStartKey: { id: { S: "a" } } },
      "The provided starting key is invalid: The provided key element does not match the schema",
    ],
    [
      "a starting key of another partition",
      { KeyConditionExpression: "id = :s", ExclusiveStartKey: { id: { S: "b" }, moment: { N: "1" } } },
      "The provided starting key is outside query boundaries based on provided conditions",
    ],
    [
      "a starting key outside the range",
      { KeyConditionExpression: "id = :s AND moment > :n", ExclusiveStartKey: { id: { S: "a" }, moment: { N: "1" } } },
      "The provided starting key does not match the range key predicate",
    ],
    [
      "a limit of nothing",
      { Limit: 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
  ];
  for (const [what, more, message] of refusals) {
    it(`refuses ${what}`, async () => {
      const expressions = [more.KeyConditionExpression, more.FilterExpression].join(" ");
      const values: JsonObject = { ":s": { S: "a" }, ":n": { N: "5" } };
      const given = Object.entries(values).filter(([key]) => expressions.includes(key));
      const input: JsonObject = { TableName: "orders", ...more };
      if (given.length > 0) input.ExpressionAttributeValues = Object.fromEntries(given);
      const error = await endpoint.refused("Query", input);
      assert.deepEqual([error.code, error.message], ["ValidationException", message]);
    });
  }

  it("scans all items once, page by page", async () => {
    const all = (await pages("Scan", { TableName: "orders", Limit: 3 })).flatMap((page) => pluck(page, "moment"));
    assert.deepEqual([...all].sort(), [...ASCENDING, "1"].sort());
  });

  it("scans an index, whole or with a filter", async () => {
    const all = await pages("Scan", { TableName: "orders", IndexName: "by-state", Limit: 2 });
    assert.equal(all.flatMap((page) => pluck(page, "moment")).length, 5);
    const filter = { FilterExpression: "attribute_exists(extra)", Select: "COUNT" };
    assert.deepEqual(await endpoint.call("Scan", { TableName: "orders", IndexName: "by-state", ...filter }), { Count: 4, ScannedCount: 5 });
    const ScanFilter = { rank: { ComparisonOperator: "NOT_NULL" } };
    assert.equal((await endpoint.call("Scan", { TableName: "orders", ScanFilter })).Count, 3);
  });

  it("scans in segments that together hold every item once", async () => {
    await endpoint.call("CreateTable", tableInput("many"));
    const ids = Array.from({ length: 60 }, (_, index) => `id-${index}`);
    for (const id of ids) await endpoint.call("PutItem", { TableName: "many", Item: { id: { S: id } } });
    const segments = await Promise.all(
      [0, 1, 2, 3].map((Segment) => pages("Scan", { TableName: "many", Segment, TotalSegments: 4, Limit: 7 })),
    );
    const found = segments.map((all) => all.flatMap((page) => pluck(page, "id")));
    assert.deepEqual(found.flat().sort(), ids.sort());
    assert.ok(found.every((segment) => segment.length > 0));
    const error = await endpoint.refused("Scan", { TableName: "many", Segment: 4, TotalSegments: 4 });
    assert.match(error.message, /^The Segment parameter is zero-based and must be less than parameter TotalSegments/);
  });

  it("takes a condition of the older kind that is null as not given", async () => {
    const everything = await endpoint.call("Scan", { TableName: "orders" });
    const unfiltered = await endpoint.call("Scan", { TableName: "orders", ScanFilter: { id: null } });
    assert.equal(unfiltered.Count, everything.Count);
  });

  it("ends a page at one megabyte", async () => {
    await endpoint.call("CreateTable", tableInput("large", "part"));
    for (const part of ["1", "2", "3", "4"]) {
      await endpoint.call("PutItem", { TableName: "large", Item: { id: { S: "x" }, part: { S: part }, body: { S: "x".repeat(300_000) } } });
    }
    const input = { TableName: "large", KeyConditionExpression: "id = :x", ExpressionAttributeValues: { ":x": { S: "x" } } };
    const found = await pages("Query", input);
    assert.deepEqual(
      found.map((page) => pluck(page, "part")),
      [["1", "2", "3"], ["4"]],
    );
    const counts = await pages("Scan", { TableName: "large", Select: "COUNT" });
    assert.deepEqual(
      counts.map(({ Count }) => Count),
      [3, 1],
    );
  });
});
