import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { CRASH_POINTS, type CrashPoint } from "../../config/crash-points.ts";
import { eventually } from "../support/eventually.ts";
import type { ManagedProcess } from "../support/managed-process.ts";
import { TestSystem } from "../support/system.ts";
import { ApiClients } from "./system/clients.ts";
import { CRASHING_STACK, dieAt, POINTS_AT_FAILURES, TIMES } from "./system/crashes.ts";
import { makeProduct, OrderClients, PlacedOrders } from "./system/orders.ts";
import { Records } from "./system/records.ts";
import { settle } from "./system/settle.ts";
import { verifyRequests } from "./system/verify.ts";
import { verifyOrders } from "./system/verify-orders.ts";

type Point = Exclude<CrashPoint, (typeof POINTS_AT_FAILURES)[number]>;

/** Where a process is asked to die, how likely at each pass, and what it needs to get there. */
const PASSES: Readonly<Record<Point, { chance: number; needs?: "relay" | "poison" | "long records" }>> = {
  "api:after-begin": { chance: 1 },
  "api:after-write": { chance: 1 },
  "api:after-start": { chance: 1 },
  "api:after-keep": { chance: 1 },
  "worker:before-history": { chance: 0.5 },
  "worker:after-history": { chance: 0.5 },
  "worker:after-success": { chance: 0.5 },
  "archive:after-page": { chance: 0.5, needs: "long records" },
  "order:before-mark": { chance: 0.2 },
  "order:after-undo": { chance: 0.5 },
  "relay:before-start": { chance: 1, needs: "relay" },
  "relay:after-start": { chance: 1, needs: "relay" },
  "dead-letters:after-keep": { chance: 1, needs: "poison" },
  "dead-letters:after-answer": { chance: 1, needs: "poison" },
};

const POINTS = CRASH_POINTS.filter((one): one is Point => POINTS_AT_FAILURES.every((other) => other !== one));

/** A call that died under its key is taken over half a minute later, so it takes many clients to die often. */
const API_CLIENTS = { count: 96, pauseMs: 1_500 };
const WORKER_CLIENTS = { count: 8, pauseMs: 50 };
/** Few records that are changed quickly: from the hundredth change on, every fiftieth sends a page away. */
const LONG_RECORD_CLIENTS = { count: 8, changesOfARecord: 1_000_000 };
const ORDER_CLIENTS = 4;
/** Nothing listens there: whatever the API cannot start is left to the relay. */
const NO_STEP_FUNCTIONS = { STEPFUNCTIONS_ENDPOINT: "http://127.0.0.1:9" };

describe(`processes that die ${TIMES} times at one point between two writes`, function () {
  this.timeout(TIMES * 6_000 + 180_000);
  let system: TestSystem;

  before(async () => {
    system = await TestSystem.start({ isWatched: false, variables: CRASHING_STACK, workers: 3 });
    await makeProduct(system);
  });
  after(() => system?.stop());

  for (const point of POINTS.filter((one) => one.startsWith("order:"))) {
    it(`charges nobody twice, and holds no stock twice or for nobody: ${point}`, async () => {
      // Prepare
      const orders = new PlacedOrders();
      const clients = new OrderClients(system, orders, ORDER_CLIENTS);

      // Act
      const died = await dieAt(point, PASSES[point].chance, system.workers, TIMES);
      await clients.finish();
      await settle(system, { orders });
      const ends = await verifyOrders(system, orders);

      // Assess
      console.log(`      ${orders.report(`${died} × ${point}`)}; ${JSON.stringify(ends)}`);
      assert.deepEqual(orders.complaints(), []);
      assert.ok(died >= TIMES, `The point was reached ${died} times only.`);
    });
  }

  for (const point of POINTS.filter((one) => !one.startsWith("order:"))) {
    const { chance, needs } = PASSES[point];
    it(`loses nothing and repeats nothing that matters: ${point}`, async () => {
      // Prepare
      const records = new Records();
      const isApi = point.startsWith("api:");
      const { count, ...pace } = isApi ? API_CLIENTS : needs === "long records" ? LONG_RECORD_CLIENTS : WORKER_CLIENTS;
      if (needs === "relay") await restart(system.api, NO_STEP_FUNCTIONS);
      const clients = new ApiClients(system, records, count, pace);
      const isDone = new AbortController();
      const poisoned = needs === "poison" ? poison(system, isDone.signal) : Promise.resolve();

      // Act
      const died = await dieAt(point, chance, isApi ? [system.api] : system.workers, TIMES);
      isDone.abort();
      await poisoned;
      await clients.finish();
      await settle(system, { requests: records });
      await verifyRequests(system, records);
      if (needs === "relay") await restart(system.api);

      // Assess
      console.log(`      ${records.report(`${died} × ${point}`)}`);
      assert.deepEqual(records.complaints(), []);
      assert.ok(died >= TIMES, `The point was reached ${died} times only.`);
    });
  }

  it("keeps every message that is none of ours for a person, once, with the reason", async () => {
    // Prepare
    const bodies = ["no JSON", '{"v":1}', '{"v":1,"step":"writeHistory","taskToken":"a","execution":"b","event":{}}'];
    const sent: string[] = [];

    // Act
    for (const MessageBody of bodies) {
      const message = new SendMessageCommand({ QueueUrl: system.outputs.requests_queue_url, MessageBody });
      sent.push(String((await system.clients.sqs.send(message)).MessageId));
    }

    // Assess
    await eventually(async () => {
      const kept = (await failures(system)).filter(({ messageId }) => sent.includes(messageId));
      assert.deepEqual(kept.map(({ messageId }) => messageId).sort(), sent.toSorted());
      for (const { reason } of kept) assert.match(reason, /The message|The event/);
    }, 60_000);
  });
});

interface KeptFailure {
  readonly messageId: string;
  readonly reason: string;
}

/** All that is open; what earlier tests have sent may still be coming in. */
async function failures(system: TestSystem): Promise<KeptFailure[]> {
  const found: KeptFailure[] = [];
  let next = "";
  do {
    const response = await fetch(`${system.url}/dlq/failures?limit=100${next}`, {
      headers: { authorization: `Bearer ${system.adminToken}` },
    });
    const page = (await response.json()) as { failures: KeptFailure[]; next_page_token?: string };
    found.push(...page.failures);
    next = page.next_page_token === undefined ? "" : `&token=${page.next_page_token}`;
  } while (next !== "");
  return found;
}

async function restart(one: ManagedProcess, variables: Readonly<Record<string, string>> = {}): Promise<void> {
  await one.end();
  await one.start(variables);
}

/** Sends messages that no step can be done for. */
async function poison(system: TestSystem, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await system.clients.sqs.send(new SendMessageCommand({ QueueUrl: system.outputs.requests_queue_url, MessageBody: "poison" }));
    await sleep(50);
  }
}
