/**
 * Why the worker has a loop of its own: it and sqs-consumer drain the same queues, in rounds that alternate, on the embedded
 * endpoint. `node bench/worker/main.ts`; MILEPOST_BENCH_ROUNDS sets how many rounds.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateQueueCommand, DeleteQueueCommand, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { makeClients } from "../../test/support/clients.ts";
import { EndpointProcess } from "../../test/support/endpoint-process.ts";
import { median, pairedRatio, spread } from "../support/measures.ts";
import { ROUNDS } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import { CONTENDERS, type Contender } from "./contenders.ts";

const FAST_MS = 5;
const SLOW_MS = 2_000;
const SEND_BATCH = 10;

/** The fast messages' end is what is measured: the slow ones take as long as they take. */
const JOBS = [
  { name: "1,000 messages of 5 ms", messages: 1_000, slowEvery: 0 },
  { name: "300 messages of 5 ms, every 50th of 2 s", messages: 300, slowEvery: 50 },
] as const;

type Job = (typeof JOBS)[number];

interface Measured {
  readonly ms: number;
  readonly calls: number;
}

const endpoint = await EndpointProcess.start();
try {
  for (const job of JOBS) await bench(job);
} finally {
  await endpoint.stop();
}
process.exit();

async function bench(job: Job): Promise<void> {
  const measured = CONTENDERS.map(() => [] as Measured[]);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, contender] of CONTENDERS.entries()) {
      const result = await drain(job, contender);
      // The first round only warms both sides up.
      if (round > 0) measured[index]?.push(result);
    }
  }
  const own = measured[0]?.map(({ ms }) => ms) ?? [];
  const rows = CONTENDERS.map(({ name }, index) => {
    const results = measured[index] ?? [];
    const times = results.map(({ ms }) => ms);
    const calls = median(results.map((result) => result.calls)) / job.messages;
    return [name, spread(times), `${pairedRatio(times, own).toFixed(2)} ×`, calls.toFixed(2)];
  });
  console.log(
    `\n${job.name}\n\n${table(["loop", "ms until the fast ones are deleted", "against the worker's", "calls per message"], rows)}`,
  );
}

async function drain({ messages, slowEvery }: Job, contender: Contender): Promise<Measured> {
  const clients = makeClients(endpoint.url);
  const QueueName = `bench-${randomBytes(4).toString("hex")}`;
  const { QueueUrl = "" } = await clients.sqs.send(new CreateQueueCommand({ QueueName }));
  for (let first = 0; first < messages; first += SEND_BATCH) {
    const Entries = Array.from({ length: SEND_BATCH }, (_, index) => ({ Id: String(index), MessageBody: String(first + index) }));
    await clients.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  const isSlow = (body: string) => slowEvery > 0 && Number(body) % slowEvery === 0;
  const fast = messages - (slowEvery > 0 ? messages / slowEvery : 0);
  let calls = 0;
  let deleted = 0;
  const handles = new Map<string, string>();
  const done = Promise.withResolvers<void>();
  clients.sqs.middlewareStack.add(
    (next) => async (args) => {
      calls++;
      const result = await next(args);
      for (const { ReceiptHandle, Body } of listOf(result.output, "Messages")) handles.set(String(ReceiptHandle), String(Body));
      for (const { ReceiptHandle } of [args.input, ...listOf(args.input, "Entries")] as { ReceiptHandle?: string }[]) {
        const body = handles.get(ReceiptHandle ?? "");
        if (body !== undefined && handles.delete(ReceiptHandle ?? "") && !isSlow(body) && ++deleted === fast) done.resolve();
      }
      return result;
    },
    { step: "initialize", name: "count" },
  );
  const began = performance.now();
  const stop = contender.start(clients.sqs, QueueUrl, (body) => sleep(isSlow(body) ? SLOW_MS : FAST_MS));
  await done.promise;
  const measured = { ms: performance.now() - began, calls };
  await sleep(slowEvery > 0 ? SLOW_MS + 500 : 0);
  await stop();
  await clients.sqs.send(new DeleteQueueCommand({ QueueUrl }));
  clients.destroy();
  return measured;
}

function listOf(value: object, name: string): readonly Record<string, unknown>[] {
  const list: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return Array.isArray(list) ? list : [];
}
