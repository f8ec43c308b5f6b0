import assert from "node:assert/strict";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { wholeAt } from "../../domain/attributes.ts";
import { type Counted, count, type Limit, type RateStore } from "../../domain/rate-limit.ts";
import { sweepExpired } from "../../domain/sweep.ts";
import { aws, uniqueName } from "./support/endpoint.ts";
import { dropTable, FakeClock, MeddledClient, newTable } from "./support/ledger.ts";

const MINUTE_MS = 60_000;
const LIMIT: Limit = { name: "orders", perMinute: 100 };

describe("A limit on how often somebody may do something, on DynamoDB", () => {
  let table: string;
  let time: FakeClock;
  let who: string;
  let meddled: MeddledClient;
  let store: RateStore;

  before(async () => {
    table = await newTable();
  });
  after(() => dropTable(table));

  beforeEach(() => {
    time = new FakeClock();
    who = uniqueName("ann");
    meddled = new MeddledClient();
    store = { table, client: meddled.client, clock: () => time.now, key: new Uint8Array(32).fill(7) };
  });
  afterEach(() => meddled.client.destroy());

  const rows = async () => (await aws().dynamodb.send(new ScanCommand({ TableName: table, ConsistentRead: true }))).Items ?? [];

  it("is exact, however many come at once to several processes", async () => {
    // Prepare
    const another = new MeddledClient();
    const stores = [store, { ...store, client: another.client }];

    // Act
    const counted = await Promise.all([...Array(150)].flatMap(() => stores.map((one) => count(one, LIMIT, who))));

    // Assess
    const [allowed, refused] = [counted.filter(({ isAllowed }) => isAllowed), counted.filter(({ isAllowed }) => !isAllowed)];
    assert.equal(refused.length, 200);
    assert.deepEqual(
      allowed.map(({ remaining }) => remaining).sort((one, other) => one - other),
      [...Array(100).keys()],
    );
    assert.ok(refused.every(({ remaining }) => remaining === 0));
    another.client.destroy();
  });

  it("begins anew with each minute of the clock, and tells how long that takes", async () => {
    // Prepare
    const few: Limit = { name: "orders", perMinute: 2 };
    const steps = [0, 29_400, 30_599, 1, 59_999, 1];

    // Act
    const counted: Counted[] = [];
    for (const ms of steps) {
      time.advance(ms);
      counted.push(await count(store, few, who));
    }

    // Assess
    assert.deepEqual(
      counted.map(({ isAllowed, remaining, resetSeconds }) => [isAllowed, remaining, resetSeconds]),
      [
        [true, 1, 60],
        [true, 0, 31],
        [false, 0, 1],
        [true, 1, 60],
        [true, 0, 1],
        [true, 1, 60],
      ],
    );
  });

  it("is each one's own, and each thing's", async () => {
    // Prepare
    const one: Limit = { name: "orders", perMinute: 1 };
    await count(store, one, who);

    // Act
    const same = await count(store, one, who);
    const others = [await count(store, one, `${who}.`), await count(store, one, ""), await count(store, { ...one, name: "logins" }, who)];

    // Assess
    assert.equal(same.isAllowed, false);
    assert.ok(others.every(({ isAllowed }) => isAllowed));
  });

  it("counts by one call, which a refusal is too", async () => {
    for (const _ of [1, 2]) await count(store, { name: "orders", perMinute: 1 }, who);

    assert.deepEqual(meddled.sent, ["UpdateItemCommand", "UpdateItemCommand"]);
  });

  it("may count twice what was told once, where an answer was lost, but lets nobody have more", async () => {
    // Prepare
    const three: Limit = { name: "orders", perMinute: 3 };
    meddled.loseAnswer("UpdateItemCommand");

    // Act
    const counted = [await count(store, three, who), await count(store, three, who), await count(store, three, who)];

    // Assess
    assert.deepEqual(
      counted.map(({ isAllowed, remaining }) => [isAllowed, remaining]),
      [
        [true, 1],
        [true, 0],
        [false, 0],
      ],
    );
  });

  it("leaves rows that name nobody, count no call that was refused, and are swept when their minute is long over", async () => {
    // Prepare
    const there = (await rows()).length;
    for (const _ of [1, 2, 3]) await count(store, { name: "few", perMinute: 2 }, who);

    // Act
    const all = await rows();
    time.advance(2 * MINUTE_MS);
    await sweepExpired(store);
    const kept = (await rows()).length;
    time.advance(3_600_000);
    await sweepExpired(store);

    // Assess
    assert.deepEqual([all.length, kept, (await rows()).length], [there + 1, there + 1, 0]);
    const row = all.find(({ PK }) => PK?.S?.startsWith("RATE#few#")) ?? assert.fail();
    assert.equal(wholeAt(row, "count"), 2);
    assert.ok(!JSON.stringify(row).includes(who));
  });
});
