import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { type Beginning, begin, finish, type IdempotencyStore, type KeyedCall, type Mark, release } from "../../domain/idempotency.ts";
import { sweepExpired } from "../../domain/sweep.ts";
import { aws } from "./support/endpoint.ts";
import { dropTable, FakeClock, ledgerOver, MeddledClient, newRecord, newTable, stored } from "./support/ledger.ts";

const [OLD, NEW] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(8)];

describe("Idempotency keys, on DynamoDB", () => {
  let table: string;
  let time: FakeClock;
  let store: IdempotencyStore;
  let meddled: MeddledClient;
  let call: KeyedCall;

  before(async () => {
    table = await newTable();
  });
  after(() => dropTable(table));

  beforeEach(() => {
    time = new FakeClock();
    meddled = new MeddledClient();
    store = { table, client: meddled.client, clock: () => time.now, newId: randomUUID, secrets: [OLD] };
    call = { scope: "POST /requests", key: randomUUID(), content: '{"title":"a"}' };
  });
  afterEach(() => meddled.client.destroy());

  function markOf(beginning: Beginning): Mark {
    assert.equal(beginning.state, "mine");
    if (beginning.state !== "mine") throw new Error("unreachable");
    return beginning.mark;
  }

  it("let the first call go on and replay its answer to the next, for a day", async () => {
    const mark = markOf(await begin(store, call));
    assert.equal(await finish(store, mark, '{"requestId":"1"}'), true);
    time.advance(24 * 3_600_000 - 1_000);
    assert.deepEqual(await begin(store, call), { state: "answered", answer: '{"requestId":"1"}' });
    assert.equal(mark.triedSince, undefined);
  });

  it("cost one call each way", async () => {
    await finish(store, markOf(await begin(store, call)), "x");
    assert.deepEqual(meddled.sent, ["PutItemCommand", "UpdateItemCommand"]);
  });

  it("mean another call after a day, though nothing has swept the old one", async () => {
    const first = markOf(await begin(store, call));
    await finish(store, first, "old");
    time.advance(24 * 3_600_000);
    const second = markOf(await begin(store, { ...call, content: "other" }));
    assert.notEqual(second.recordId, first.recordId);
    assert.equal(second.triedSince, undefined);
  });

  it("are refused for another call, answered or under way", async () => {
    const mark = markOf(await begin(store, call));
    const other = { ...call, content: '{"title":"b"}' };
    assert.deepEqual(await begin(store, other), { state: "mismatch" });
    await finish(store, mark, "x");
    assert.deepEqual(await begin(store, other), { state: "mismatch" });
  });

  it("are others in another scope", async () => {
    const first = markOf(await begin(store, call));
    const second = markOf(await begin(store, { ...call, scope: "POST /orders", content: "c" }));
    assert.notEqual(first.place, second.place);
  });

  it("let one of many calls at once go on and tell the others to wait", async () => {
    const beginnings = await Promise.all(Array.from({ length: 20 }, () => begin(store, call)));
    assert.equal(beginnings.filter(({ state }) => state === "mine").length, 1);
    assert.deepEqual(
      new Set(beginnings.filter(({ state }) => state !== "mine").map((one) => JSON.stringify(one))),
      new Set(['{"state":"underWay","retryAfterMs":30000}']),
    );
  });

  it("are taken over after thirty seconds by one call, with the ids the first had drawn", async () => {
    const first = markOf(await begin(store, call));
    time.advance(29_999);
    assert.deepEqual(await begin(store, call), { state: "underWay", retryAfterMs: 1 });
    time.advance(1);
    const beginnings = await Promise.all([1, 2, 3].map(() => begin(store, call)));
    const taken = beginnings.filter(({ state }) => state === "mine").map(markOf);
    assert.equal(taken.length, 1);
    const [second] = taken;
    assert.deepEqual([second?.recordId, second?.changeId, second?.triedSince], [first.recordId, first.changeId, time.now - 30_000]);
    assert.notEqual(second?.holder, first.holder);
    assert.deepEqual([first.leaseUntil, second?.leaseUntil], [time.now, time.now + 30_000]);
  });

  it("are taken over by one of two calls that have seen the same lease end", async () => {
    await begin(store, call);
    time.advance(30_000);
    let other: Beginning | undefined;
    meddled.before("UpdateItemCommand", async () => {
      other = await begin(store, call);
    });
    const late = await begin(store, call);
    assert.deepEqual([other?.state, late], ["mine", { state: "underWay", retryAfterMs: 30_000 }]);
  });

  it("keep the answer of whoever took over, not that of the first who comes late", async () => {
    const first = markOf(await begin(store, call));
    time.advance(30_000);
    const second = markOf(await begin(store, call));
    assert.equal(await finish(store, first, "late"), false);
    assert.equal(await finish(store, second, "kept"), true);
    assert.equal(await finish(store, first, "later"), false);
    assert.deepEqual(await begin(store, call), { state: "answered", answer: "kept" });
  });

  it("are free again at once, with the same ids, when a call gives its mark back", async () => {
    const first = markOf(await begin(store, call));
    assert.equal(await release(store, first), true);
    const second = markOf(await begin(store, call));
    assert.deepEqual([second.recordId, second.changeId, second.triedSince], [first.recordId, first.changeId, time.now]);
  });

  it("know their own mark when the SDK repeats a write whose answer was lost", async () => {
    meddled.loseAnswer("PutItemCommand");
    const first = markOf(await begin(store, call));
    assert.equal(first.triedSince, undefined);
    time.advance(30_000);
    meddled.loseAnswer("UpdateItemCommand");
    const second = markOf(await begin(store, call));
    assert.deepEqual([second.changeId, second.triedSince], [first.changeId, time.now - 30_000]);
  });

  it("work alike where the endpoint does not send what a refused write met", async () => {
    meddled.hideItems();
    const mark = markOf(await begin(store, call));
    assert.deepEqual(await begin(store, call), { state: "underWay", retryAfterMs: 30_000 });
    await finish(store, mark, "x");
    assert.deepEqual(await begin(store, call), { state: "answered", answer: "x" });
  });

  it("show neither key, call nor answer in the table", async () => {
    const secret = { ...call, key: "key-of-mine", content: "content-of-mine" };
    await finish(store, markOf(await begin(store, secret)), "answer-of-mine");
    const { Items: items = [] } = await aws().dynamodb.send(new ScanCommand({ TableName: table }));
    const shown = JSON.stringify(items.map((item) => ({ ...item, answer: Buffer.from(item.answer?.B ?? []).toString("latin1") })));
    assert.ok(!shown.includes("of-mine"));
  });

  describe("sweepExpired", () => {
    it("deletes what has expired and nothing else, and tells how many", async () => {
      const own = await newTable();
      const swept = { ...store, table: own };
      const record = await newRecord(ledgerOver(own));
      for (const key of ["a", "b", "c"]) await begin(swept, { ...call, key });
      time.advance(24 * 3_600_000 - 1_000);
      const kept = markOf(await begin(swept, { ...call, key: "d" }));
      assert.equal(await sweepExpired(swept), 0);
      time.advance(1_000);
      assert.equal(await sweepExpired(swept), 3);
      assert.equal(await finish(swept, kept, "x"), true);
      assert.equal((await stored(ledgerOver(own), record.id)).version, 1);
      await dropTable(own);
    });

    it("leaves a key that was taken anew since it was seen to have expired", async () => {
      const own = await newTable();
      const swept = { ...store, table: own };
      await begin(swept, call);
      time.advance(24 * 3_600_000);
      meddled.before("DeleteItemCommand", () => begin(swept, call));
      assert.equal(await sweepExpired(swept), 0);
      assert.equal((await begin(swept, call)).state, "underWay");
      await dropTable(own);
    });
  });

  it("replay no answer to whoever has another secret, and do nothing a second time for them", async () => {
    await finish(store, markOf(await begin(store, call)), "x");
    assert.deepEqual(await begin({ ...store, secrets: [NEW] }, call), { state: "unreadable" });
    assert.deepEqual(await begin({ ...store, secrets: [NEW] }, { ...call, content: "other" }), { state: "mismatch" });
  });

  it("are the same calls while one secret takes the other's place, at whichever process they come in", async () => {
    // Prepare
    const [before, after] = [
      { ...store, secrets: [OLD, NEW] as const },
      { ...store, secrets: [NEW, OLD] as const },
    ];
    for (const [one, other] of [
      [before, after],
      [after, before],
    ] as const) {
      call = { ...call, key: randomUUID() };

      // Act
      const mark = markOf(await begin(one, call));
      const meanwhile = await begin(other, call);
      await finish(one, mark, "x");
      const answered = await begin(other, call);

      // Assess
      assert.deepEqual([meanwhile.state, answered], ["underWay", { state: "answered", answer: "x" }]);
    }
  });
});
