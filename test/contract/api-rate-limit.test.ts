import assert from "node:assert/strict";
import { Problem } from "../../api/problem.ts";
import { type RateLimit, rateLimit } from "../../api/rate-limit.ts";
import { aws, uniqueName } from "./support/endpoint.ts";
import { dropTable, FakeClock, newTable } from "./support/ledger.ts";

describe("A limit, as callers meet it", () => {
  let table: string;
  let time: FakeClock;
  let limit: RateLimit;

  before(async () => {
    table = await newTable();
  });
  after(() => dropTable(table));

  beforeEach(() => {
    time = new FakeClock();
    const key = new Uint8Array(32).fill(7);
    limit = rateLimit({ table, client: aws().dynamodb, clock: () => time.now, key }, { name: "orders", perMinute: 2 });
  });

  async function refusalOf(who: string): Promise<Problem> {
    try {
      await limit(who);
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    return assert.fail("It was not refused.");
  }

  it("tells with each answer what is left", async () => {
    // Prepare
    const who = uniqueName("ann");
    time.advance(15_000);

    // Act
    const headers = [await limit(who), await limit(who)];

    // Assess
    const expected = (remaining: string) => ({ "ratelimit-limit": "2", "ratelimit-remaining": remaining, "ratelimit-reset": "45" });
    assert.deepEqual(headers, [expected("1"), expected("0")]);
  });

  it("is a 429 that tells when to come again, and is not kept for an Idempotency-Key", async () => {
    // Prepare
    const who = uniqueName("ann");
    await limit(who);
    await limit(who);
    time.advance(59_001);

    // Act
    const { status, message, options } = await refusalOf(who);

    // Assess
    assert.deepEqual([status, message, options.isPassing], [429, "At most 2 orders a minute are taken from one user.", true]);
    const limits = { "ratelimit-limit": "2", "ratelimit-remaining": "0", "ratelimit-reset": "1" };
    assert.deepEqual(options.headers, { ...limits, "retry-after": "1" });
    time.advance(999);
    assert.equal((await limit(who))["ratelimit-remaining"], "1");
  });
});
