import assert from "node:assert/strict";
import fc from "fast-check";
import {
  eventIdOf,
  executionName,
  isRecordId,
  pageKey,
  parseEventId,
  parseExecutionName,
  pendingShard,
  pendingShards,
  recordIdOf,
  recordKey,
} from "../../../domain/ids.ts";
import { requests } from "../../../domain/requests.ts";
import { recordId, version } from "./arbitraries.ts";

describe("ids", () => {
  it("are taken apart again as they were put together, also where a record's id ends like an event's", () => {
    const id = fc.oneof(recordId, fc.constantFrom("a-1", "a-1-2", "-", "1", "-1", "a-r2", "r", "a-r"));
    fc.assert(
      fc.property(id, version, fc.integer({ min: 1, max: 9_999 }), (id, version, attempt) => {
        const eventId = eventIdOf(id, version);
        assert.deepEqual(parseEventId(eventId), { id, version });
        assert.deepEqual(parseExecutionName(executionName(eventId, attempt)), { id, version, attempt });
      }),
      { numRuns: 2_000 },
    );
  });

  it("make execution names that AWS takes", () => {
    fc.assert(
      fc.property(recordId, version, (id, version) => assert.match(executionName(eventIdOf(id, version), 9_999), /^[A-Za-z0-9_-]{1,80}$/)),
    );
    assert.equal(executionName("a-2", 1), "a-2");
    assert.equal(executionName("a-2", 2), "a-2-r2");
  });

  it("are refused where they are none", () => {
    for (const text of ["", "a", "-1", "a-0", "a-01", "a-1x", "a#b-1", `${"x".repeat(49)}-1`, "a-1-"]) {
      assert.equal(parseEventId(text), undefined, text);
    }
    for (const text of ["", "a-r2", "-r2", "a-1-r", "a b-1"]) assert.equal(parseExecutionName(text), undefined, text);
    for (const text of ["", "a#b", "ä", "a b", "x".repeat(49), "a\n"]) assert.equal(isRecordId(text), false, text);
    assert.ok(isRecordId("A-z_0"));
  });

  it("never give two items one key", () => {
    fc.assert(
      fc.property(recordId, recordId, fc.integer({ min: 1, max: 999 }), (one, other, page) => {
        assert.notEqual(recordKey(requests, one), pageKey(requests, other, page));
        assert.equal(recordIdOf(requests, recordKey(requests, one)), one);
      }),
    );
    assert.equal(pageKey(requests, "a", 3), "REQ#a#HISTORY#3");
  });

  it("spread records over all partitions of the index, each always in the same one", () => {
    const shards = Array.from({ length: 400 }, (_, index) => pendingShard(requests, `r-${index}`));
    assert.deepEqual([...new Set(shards)].sort(), pendingShards(requests));
    for (const shard of pendingShards(requests)) assert.ok(shards.filter((one) => one === shard).length > 60);
    assert.equal(pendingShard(requests, "r-1"), pendingShard(requests, "r-1"));
  });
});
