import assert from "node:assert/strict";
import { Counter } from "../../../local/dynamodb/counts.ts";
import type { Table } from "../../../local/dynamodb/table.ts";
import { TestEndpoint } from "./endpoint.ts";

const TABLE = 70;
const INDEX = 71;
const OTHER = 72;

describe("what a table holds", () => {
  let endpoint: TestEndpoint;
  let moment: number;
  let counter: Counter;

  beforeEach(() => {
    endpoint = new TestEndpoint();
    moment = 0;
    // Between two looks at this clock a millisecond passes, so every count takes one.
    counter = new Counter(endpoint.store, () => moment++);
  });

  afterEach(() => endpoint.close());

  /** Items of 10 and of 30 bytes in turn, every second of which has an entry in the index. */
  function fill(table: number, items: number): Promise<unknown> {
    const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${items})`;
    return endpoint.store.write(() => {
      endpoint.store
        .sql(
          `${numbers} INSERT INTO ddb_items (table_id, pk, sk, size, item) SELECT ?, CAST(n AS BLOB), x'', 10 + n % 2 * 20, '{}' FROM numbers`,
        )
        .run(table);
      endpoint.store
        .sql(`${numbers} INSERT INTO ddb_entries SELECT ?, CAST(n AS BLOB), x'', CAST(n AS BLOB), x'', n FROM numbers WHERE n % 2 = 0`)
        .run(table + 1);
    });
  }

  function counts(): { items: number; bytes: number; ofIndex: number } {
    const { table, of } = counter.of({ id: TABLE } as Table);
    return { ...table, ofIndex: of({ id: INDEX } as Table["indexes"][number]).items };
  }

  it("is counted to the last byte where it is not much, and anew for whoever asks", async () => {
    // Prepare
    await fill(TABLE, 4_998);
    await fill(OTHER, 10);
    const before = counts();

    // Act
    await endpoint.store.write(() =>
      endpoint.store.sql("UPDATE ddb_items SET size = size + 1 WHERE table_id = ? AND pk = CAST(7 AS BLOB)").run(TABLE),
    );

    // Assess
    assert.deepEqual(before, { items: 4_998, bytes: 4_998 * 20, ofIndex: 2_499 });
    assert.deepEqual(counts(), { ...before, bytes: before.bytes + 1 });
  });

  it("is counted as well where it is much, but for its bytes, which are told from a sample", async () => {
    // Prepare
    await fill(OTHER, 5_000);
    await fill(TABLE, 60_000);

    // Act
    const { items, bytes, ofIndex } = counts();

    // Assess
    assert.deepEqual([items, ofIndex], [60_000, 30_000]);
    assert.ok(Math.abs(bytes - 60_000 * 20) < 60_000, `${bytes} bytes are not about ${60_000 * 20}`);
  });

  it("is told again for a hundred times as long as it took to count much of it", async () => {
    // Prepare
    await fill(TABLE, 6_000);
    counts();
    await endpoint.store.write(() => endpoint.store.sql("DELETE FROM ddb_items WHERE table_id = ? AND id % 10 = 0").run(TABLE));

    // Act
    const soon = counts();
    moment += 100;
    const later = counts();

    // Assess
    assert.deepEqual([soon.items, later.items], [6_000, 5_400]);
  });
});
