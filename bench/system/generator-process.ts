/**
 * The load generator. It is one process for all contenders and all rounds, so all meet the same, equally warm client. A job
 * makes its records first; on "go" every client changes its records in turn, one change after the other without waiting for
 * their history; the clock stops when every record's history is readable to its end. Then all of it is read and compared.
 */
import { once } from "node:events";
import { GO, type Job, jobSchema, type Report } from "./generator-messages.ts";
import { statusAt, type Tracked, Tracker, untilReadable } from "./tracker.ts";

interface Owned extends Tracked {
  /** The events of acknowledged changes, in the order in which they were. */
  readonly acknowledged: string[];
}

process.on("message", (message) => {
  if (message === GO) return;
  runJob(jobSchema.parse(message)).catch((error: unknown) => report({ phase: "failed", reason: String(error) }));
});
process.once("disconnect", () => process.exit());

async function runJob(job: Job): Promise<void> {
  const tracker = new Tracker(job.url, job.adminToken);
  const clients = await Promise.all(Array.from({ length: job.clients }, () => prepare(tracker, job.recordsOfAClient)));
  const go = goAhead();
  report({ phase: "prepared" });
  await go;
  const patchMs: number[] = [];
  const cpu = process.cpuUsage();
  const readsBefore = tracker.reads;
  const began = performance.now();
  let acknowledgedMs = 0;
  await Promise.all(
    clients.map(async (records) => {
      for (let version = 2; version <= job.changesOfARecord + 1; version++) {
        for (const record of records) await changeTo(tracker, record, version, patchMs);
      }
      acknowledgedMs = performance.now() - began;
      for (const record of records.toReversed()) await untilReadable(tracker, record, job.changesOfARecord + 1);
    }),
  );
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const reads = tracker.reads - readsBefore;
  report({ phase: "settled", changes: patchMs.length, ms, acknowledgedMs, cpuMs: (user + system) / 1_000, reads, patchMs });
  for (const record of clients.flat()) await verify(tracker, record);
  tracker.close();
  report({ phase: "verified" });
}

async function prepare(tracker: Tracker, count: number): Promise<Owned[]> {
  const records: Owned[] = [];
  for (let made = 0; made < count; made++) {
    const record = { ...(await tracker.create()), acknowledged: [] };
    await untilReadable(tracker, record, 1);
    records.push(record);
  }
  return records;
}

async function goAhead(): Promise<void> {
  for (;;) {
    const [message]: unknown[] = await once(process, "message");
    if (message === GO) return;
  }
}

async function changeTo(tracker: Tracker, record: Owned, version: number, patchMs: number[]): Promise<void> {
  const began = performance.now();
  record.acknowledged.push(await tracker.change(record, statusAt(version)));
  patchMs.push(performance.now() - began);
}

async function verify(tracker: Tracker, record: Owned): Promise<void> {
  const entries = (await tracker.history(record)).map(({ version, to, eventId }) => `${version} ${to} ${version === 1 ? "" : eventId}`);
  const expected = ["", ...record.acknowledged].map((eventId, index) => `${index + 1} ${statusAt(index + 1)} ${eventId}`);
  const wrong = expected.findIndex((line, index) => line !== entries[index]);
  if (wrong >= 0 || entries.length !== expected.length) {
    const found = entries[wrong < 0 ? expected.length : wrong] ?? "nothing";
    throw new Error(`The history of ${record.id} is not what was acknowledged: ${found} instead of ${expected[wrong] ?? "nothing"}.`);
  }
}

function report(message: Report): void {
  process.send?.(message);
}
