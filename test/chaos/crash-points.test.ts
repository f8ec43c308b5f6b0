import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { CRASH_POINTS, type CrashPoint } from "../../config/crash-points.ts";
import { eventually } from "../support/eventually.ts";
import { TestSystem } from "../support/system.ts";
import { ApiClients } from "./system/clients.ts";
import { dieAt } from "./system/crashes.ts";
import { Records } from "./system/records.ts";
import { settleAndVerify } from "./system/verify.ts";

const TIMES = Number(process.env.MILEPOST_CHAOS_CRASHES ?? 10);
const VARIABLES = { VISIBILITY_SECONDS: "5", EXTEND_SECONDS: "2", DRAIN_SECONDS: "5", POLL_SECONDS: "2" };
const CLIENTS = 8;

/** Where a process is asked to die, how likely at each pass, and what has to be wrong for it to get there. */
const RARE = 0.2;
const PASSES: Readonly<Record<CrashPoint, { chance: number; needs?: "refusals" | "poison" }>> = {
  "api:after-begin": { chance: RARE },
  "api:after-write": { chance: RARE },
  "api:after-start": { chance: RARE },
  "api:after-keep": { chance: RARE },
  "worker:before-history": { chance: RARE },
  "worker:after-history": { chance: RARE },
  "worker:after-success": { chance: RARE },
  "relay:before-start": { chance: 1, needs: "refusals" },
  "relay:after-start": { chance: 1, needs: "refusals" },
  "relay:after-keep": { chance: 1, needs: "poison" },
  "dead-letters:after-keep": { chance: 1, needs: "poison" },
  "dead-letters:after-answer": { chance: 1, needs: "poison" },
};

describe(`processes that die ${TIMES} times at one point between two writes`, function () {
  this.timeout(TIMES * 6_000 + 180_000);
  let system: TestSystem;

  before(async () => {
    system = await TestSystem.start({ variables: VARIABLES, workers: 3 });
  });
  after(() => system?.stop());

  for (const point of CRASH_POINTS) {
    const { chance, needs } = PASSES[point];
    if (point === "relay:after-keep") continue;
    it(`loses nothing and repeats nothing that matters: ${point}`, async () => {
      // Prepare
      const records = new Records();
      const clients = new ApiClients(system, records, CLIENTS);
      const trouble = new AbortController();
      const troubled = needs === undefined ? Promise.resolve() : makeNeeded(system, needs, trouble.signal);

      // Act
      const died = await dieAt(point, chance, point.startsWith("api:") ? [system.api] : system.workers, TIMES);
      trouble.abort();
      await troubled;
      await clients.finish();
      await settleAndVerify(system, records);

      // Assess
      console.log(`      ${records.report(`${died} × ${point}`)}`);
      assert.deepEqual(records.complaints(), []);
      assert.ok(died >= TIMES, `The point was reached ${died} times only.`);
    });
  }

  it("keeps every message that is none of ours for a person, once, with the reason", async () => {
    // Prepare
    const bodies = ["no JSON", '{"v":1}', '{"v":1,"step":"writeHistory","taskToken":"a","execution":"b","event":{}}'];
    const before = await failures(system);

    // Act
    for (const MessageBody of bodies) {
      await system.clients.sqs.send(new SendMessageCommand({ QueueUrl: system.outputs.requests_queue_url, MessageBody }));
    }

    // Assess
    await eventually(async () => assert.equal((await failures(system)) - before, bodies.length), 60_000);
  });
});

async function failures(system: TestSystem): Promise<number> {
  let count = 0;
  let next = "";
  do {
    const response = await fetch(`${system.url}/dlq/failures?limit=100${next}`, {
      headers: { authorization: `Bearer ${system.adminToken}` },
    });
    const page = (await response.json()) as { failures: unknown[]; next_page_token?: string };
    count += page.failures.length;
    next = page.next_page_token === undefined ? "" : `&token=${page.next_page_token}`;
  } while (next !== "");
  return count;
}

/** Refuses Step Functions now and then, so that the relay has what to do; or sends messages that no step can be done for. */
async function makeNeeded(system: TestSystem, needs: "refusals" | "poison", signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (needs === "refusals") {
      system.proxy.break("sfn");
      await sleep(1_000);
      system.proxy.mend("sfn");
      await sleep(2_000);
    } else {
      await system.clients.sqs.send(new SendMessageCommand({ QueueUrl: system.outputs.requests_queue_url, MessageBody: "poison" }));
      await sleep(50);
    }
  }
}
