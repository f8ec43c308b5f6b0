import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { type Failure, parseFailure } from "../../domain/failure.ts";
import { eventFailureId } from "../../domain/failures.ts";
import { eventIdOf, executionName } from "../../domain/ids.ts";
import { readRecord } from "../../domain/ledger.ts";
import type { StoredRecord } from "../../domain/record.ts";
import { requests } from "../../domain/requests.ts";
import { starterOf } from "../../workflows/starter.ts";
import { eventually } from "../support/eventually.ts";
import { inTurns } from "../support/in-turns.ts";
import { TestSystem } from "../support/system.ts";
import { type Answer, send } from "./system/asking.ts";
import { CRASHING_STACK, dieAt, TIMES } from "./system/crashes.ts";
import { CALL_MS_MAX, DOOMED_VERSION, type DoomedChanges, giveUp, makeDoomed } from "./system/doomed.ts";
import { ledgerOf } from "./system/verify.ts";

/** Every pass leases some records for a while, so that there have to be more of them than deaths. */
const RECORDS = 4 * TIMES + 8;
/** Three attempts, each of which may wait for a lease that somebody died with; and workers slow down where message after message fails. */
const GIVEN_UP_MS_MAX = 300_000;
const ENDED_MS_MAX = 60_000;
const AGAIN_MS = 100;

describe(`processes that die ${TIMES} times where something had failed before`, function () {
  this.timeout(TIMES * 6_000 + GIVEN_UP_MS_MAX + 120_000);
  let system: TestSystem;

  before(async () => {
    system = await TestSystem.start({ isWatched: false, variables: CRASHING_STACK, workers: 3 });
  });
  after(() => system?.stop());

  it("starts an attempt that it had counted, and counts no other: relay:after-count", async () => {
    // Prepare
    const doomed = await makeDoomed(system, RECORDS, 1);

    // Act
    const died = await dieAt("relay:after-count", 1, system.workers, TIMES);
    await eventually(() => nonePending(system, doomed), GIVEN_UP_MS_MAX);

    // Assess
    await inTurns(doomed.ids, (id) => verifyDone(system, doomed, id, 2));
    console.log(`      ${doomed.report(`${died} × relay:after-count`)}`);
    assert.deepEqual(doomed.complaints(), []);
    assert.ok(died >= TIMES, `The point was reached ${died} times only.`);
  });

  it("gives an event up after its last attempt, and opens it once for a person: relay:after-keep", async () => {
    // Prepare
    const doomed = await makeDoomed(system, RECORDS, requests.executionsMax);

    // Act
    const died = await dieAt("relay:after-keep", 0.5, system.workers, TIMES);
    await eventually(() => nonePending(system, doomed), GIVEN_UP_MS_MAX);

    // Assess
    const failures = await failuresIn(system);
    await inTurns(doomed.ids, (id) => verifyGivenUp(system, doomed, id, failures));
    console.log(`      ${doomed.report(`${died} × relay:after-keep`)}`);
    assert.deepEqual(doomed.complaints(), []);
    assert.ok(died >= TIMES, `The point was reached ${died} times only.`);
  });

  it("puts an event on its way again once, and closes its failure: redrive:after-put-back", async () => {
    // Prepare
    const doomed = await makeDoomed(system, RECORDS, requests.executionsMax);
    await giveUp(system, doomed);
    const ids = doomed.ids.map((id) => eventFailureId(requests.name, eventIdOf(id, DOOMED_VERSION)));

    // Act
    const [died] = await Promise.all([dieAt("redrive:after-put-back", 0.5, [system.api], TIMES), redriveAll(system, ids)]);
    await Promise.all(system.workers.map((worker) => worker.start()));
    await eventually(() => nonePending(system, doomed), ENDED_MS_MAX);

    // Assess
    const failures = await failuresIn(system);
    await inTurns(doomed.ids, async (id) => {
      await verifyDone(system, doomed, id, requests.executionsMax + 1);
      const failure = failures.get(eventFailureId(requests.name, eventIdOf(id, DOOMED_VERSION)));
      if (failure?.state !== "redriven" && failure?.state !== "resolved") doomed.unexpected.push(`${id}: its failure is ${failure?.state}`);
    });
    console.log(`      ${doomed.report(`${died} × redrive:after-put-back`)}`);
    assert.deepEqual(doomed.complaints(), []);
    assert.ok(died >= TIMES, `The point was reached ${died} times only.`);
  });

  it("sends a dead letter again at least once, and more often only where the API died: redrive:after-send", async () => {
    // Prepare
    const bodies = Array.from({ length: RECORDS }, (_, index) => `poison ${index}`);
    const QueueUrl = system.outputs.requests_queue_url;
    await inTurns(bodies, (MessageBody) => system.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })));
    const first = await eventually(() => openedFor(system, bodies), GIVEN_UP_MS_MAX);
    const ids = first.map(({ id }) => id);

    // Act
    const [died] = await Promise.all([dieAt("redrive:after-send", 0.5, [system.api], TIMES), redriveAll(system, ids)]);

    // Assess
    const again = await eventually(() => openedFor(system, bodies), GIVEN_UP_MS_MAX);
    const all = await failuresIn(system);
    const extra = again.length - bodies.length;
    console.log(`      ${died} × redrive:after-send: ${ids.length} redriven, ${extra} of them sent more than once`);
    assert.deepEqual(new Set(ids.map((id) => all.get(id)?.state)), new Set(["redriven"]));
    assert.ok(extra <= died, `${extra} messages too many were sent by an API that died ${died} times.`);
    assert.ok(died >= TIMES, `The point was reached ${died} times only.`);
  });
});

/** As an operator does, one after the other: each again and again until it is answered that it was done, now or before. */
async function redriveAll({ url, adminToken }: TestSystem, ids: readonly string[]): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  for (const id of ids) {
    while (!isRedriven(id, await send(`${url}/dlq/redrive`, { method: "POST", headers, body: JSON.stringify({ id }) })))
      await sleep(AGAIN_MS);
  }
}

function isRedriven(id: string, answer: Answer | undefined): boolean {
  if (answer === undefined || answer.status >= 500) return false;
  const isDone = answer.status === 200 || (answer.status === 409 && String(answer.body.detail).includes("nothing to redrive"));
  return isDone || assert.fail(`${id}: ${JSON.stringify(answer)}`);
}

async function nonePending(system: TestSystem, { ids }: DoomedChanges): Promise<void> {
  await inTurns(ids, async (id) => assert.equal((await readRecord(ledgerOf(system), id))?.pending.size, 0, id));
}

async function verifyGivenUp(system: TestSystem, doomed: DoomedChanges, id: string, failures: ReadonlyMap<string, Failure>): Promise<void> {
  const eventId = eventIdOf(id, DOOMED_VERSION);
  const record = await readRecord(ledgerOf(system), id);
  const failed = record?.failed.get(DOOMED_VERSION);
  if (failed?.attempt !== requests.executionsMax) doomed.unexpected.push(`${eventId} was given up at attempt ${failed?.attempt}`);
  verifyHistory(doomed, record, eventId);
  const { state, attempt } = failures.get(eventFailureId(requests.name, eventId)) ?? {};
  if (state !== "open" || attempt !== requests.executionsMax) doomed.lost.push(`${eventId}: its failure is ${state} at attempt ${attempt}`);
  const next = await statusOf(system, eventId, requests.executionsMax + 1);
  if (next !== undefined) doomed.duplicated.push(`${eventId} was tried once more: ${next}`);
}

/** It was done by this attempt, and no other was made. */
async function verifyDone(system: TestSystem, doomed: DoomedChanges, id: string, attempt: number): Promise<void> {
  const eventId = eventIdOf(id, DOOMED_VERSION);
  const record = await readRecord(ledgerOf(system), id);
  if (record === undefined || record.failed.size > 0) doomed.lost.push(`${eventId} is given up`);
  verifyHistory(doomed, record, eventId);
  const [done, next] = await Promise.all([statusOf(system, eventId, attempt), statusOf(system, eventId, attempt + 1)]);
  if (done !== "SUCCEEDED") doomed.notEnded.push(`${executionName(eventId, attempt)} is ${done}`);
  if (next !== undefined) doomed.duplicated.push(`${eventId} was tried once more: ${next}`);
}

function verifyHistory(doomed: DoomedChanges, record: StoredRecord | undefined, eventId: string): void {
  const versions = record?.history.map(({ version }) => version).join(" ");
  if (versions !== "1 2") doomed.outOfOrder.push(`${eventId}: its record's history is ${versions}`);
}

/** Undefined where there is no such execution. */
async function statusOf({ clients, outputs }: TestSystem, eventId: string, attempt: number): Promise<string | undefined> {
  const starter = starterOf(clients.sfn, outputs.requests_state_machine_arn, CALL_MS_MAX);
  return (await starter.describe(executionName(eventId, attempt)))?.status;
}

/** The open failures of messages with these bodies, once there is one of each at least. */
async function openedFor(system: TestSystem, bodies: readonly string[]): Promise<Failure[]> {
  const open = [...(await failuresIn(system)).values()].filter(({ state, body }) => state === "open" && bodies.includes(body ?? ""));
  assert.deepEqual(new Set(open.map(({ body }) => body)), new Set(bodies));
  return open;
}

async function failuresIn({ clients, outputs }: TestSystem): Promise<Map<string, Failure>> {
  const failures = new Map<string, Failure>();
  const scan = { TableName: outputs.failures_table, ConsistentRead: true };
  for await (const { Items: items = [] } of paginateScan({ client: clients.dynamodb }, scan))
    for (const failure of items.map(parseFailure)) failures.set(failure.id, failure);
  return failures;
}
