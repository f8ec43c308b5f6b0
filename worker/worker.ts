/** All that a worker does, put together: for each kind its queue, its dead letters and its relay; and the sweep. */
import type { Registry } from "prom-client";
import type { Clients } from "../config/clients.ts";
import type { Logger } from "../config/logger.ts";
import type { Outputs } from "../config/outputs.ts";
import type { Settings } from "../config/settings.ts";
import { NO_TRACER, type Tracer } from "../config/tracing.ts";
import { type FailureStore, noteAttempt } from "../domain/failures.ts";
import { starterOf } from "../workflows/starter.ts";
import { tracedStarter } from "../workflows/traced-starter.ts";
import { Consumer } from "./consumer.ts";
import { Counters } from "./counters.ts";
import { handleDeadLetter } from "./dead-letters.ts";
import { failedAttempt, hideSeconds } from "./failed-attempt.ts";
import { workerKinds } from "./kinds.ts";
import { workerMetrics } from "./metrics.ts";
import { makeNotifier } from "./notifications/notification.ts";
import { sqsQueue } from "./queue.ts";
import { relayLoop } from "./relay-loop.ts";
import type { WorkerKind, WorkQueue } from "./step.ts";
import { sweepLoop } from "./sweep-loop.ts";
import { handleTask } from "./task.ts";

export interface Worker {
  readonly counters: Counters;
  readonly metrics: Registry;
  start(): void;
  /** Ends it within about this time; how many messages were at work still, and are left to others. */
  stop(finishMs: number): Promise<number>;
}

export interface WorkerOptions {
  readonly settings: Settings;
  readonly outputs: Outputs;
  readonly clients: Clients;
  readonly logger: Logger;
  readonly random?: () => number;
  /** Where none is given, nothing is traced. */
  readonly tracer?: Tracer;
}

/** Few letters, and none of them urgent. */
const DEAD_LETTERS = { pollers: 1, concurrency: 4 };
const START_MS_MAX = 2_000;

export function makeWorker(options: WorkerOptions): Worker {
  const { settings, outputs, clients, logger, random = Math.random, tracer = NO_TRACER } = options;
  const counters = new Counters();
  const failures: FailureStore = { table: outputs.failures_table, client: clients.dynamodb, clock: Date.now };
  const idempotency = { table: outputs.idempotency_table, client: clients.dynamodb, clock: Date.now };
  const notify = makeNotifier(settings, logger);
  const kinds = workerKinds({ settings, outputs, clients, failures, notify, logger, counters, random, tracer });
  const common = { timings: settings.timings, logger, random };
  const sfn = clients.sfn;

  const taskConsumer = (kind: WorkerKind, queue: WorkQueue) => {
    const worker = { kind, queue, sfn, beatSeconds: settings.timings.beatSeconds, logger, counters, tracer };
    return new Consumer({
      ...common,
      queue: sqsQueue(clients.sqs, queue.url, settings.timings),
      handle: (message, signal) => handleTask(worker, message, signal),
      onFailed: failedAttempt({
        queueUrl: queue.url,
        note: (key, attempt) => noteAttempt(failures, key, attempt),
        receivesMax: kind.ledger.kind.receivesMax,
        logger,
        counters,
        random,
        visibilitySeconds: settings.timings.visibilitySeconds,
      }),
      pollers: settings.worker.pollers,
      concurrency: settings.worker.concurrency,
    });
  };
  const deadLetterConsumer = (kind: WorkerKind, queues: readonly [WorkQueue, ...WorkQueue[]]) =>
    new Consumer({
      ...common,
      ...DEAD_LETTERS,
      queue: sqsQueue(clients.sqs, queues[0].deadLettersUrl, settings.timings),
      handle: (message) => handleDeadLetter({ kind, queues, sfn, failures, logger, counters, tracer }, message),
      onFailed: async ({ receives }) => hideSeconds(receives, random(), settings.timings.visibilitySeconds),
    });

  const consumers = kinds.flatMap((kind) => [
    ...kind.queues.map((queue) => taskConsumer(kind, queue)),
    ...byDeadLetters(kind.queues).map((queues) => deadLetterConsumer(kind, queues)),
  ]);
  const relays = kinds.map((kind) => {
    const own = starterOf(sfn, kind.stateMachineArn, START_MS_MAX);
    const starter = tracedStarter(own, tracer, { kind: kind.ledger.kind.name, by: "relay" });
    return relayLoop({ kind, starter, failures, logger, counters, random });
  });
  // On AWS the tables' time to live does it.
  const sweeps = settings.mode === "aws" ? [] : [sweepLoop({ tables: [idempotency, failures], logger, counters, random })];
  const loops = [...relays, ...sweeps];
  return {
    counters,
    metrics: workerMetrics({ counters, kinds, sqs: clients.sqs, env: settings.env, logger }),
    start: () => {
      for (const part of [...consumers, ...loops]) part.start();
    },
    stop: async (finishMs) => {
      const drained = consumers.map((consumer) => consumer.stop(finishMs));
      await Promise.all(loops.map((loop) => loop.stop(finishMs)));
      return (await Promise.all(drained)).reduce((sum, { unfinished }) => sum + unfinished, 0);
    },
  };
}

/** The queues in groups, each of those that share a dead-letter queue. */
function byDeadLetters(queues: readonly WorkQueue[]): (readonly [WorkQueue, ...WorkQueue[]])[] {
  const groups = new Map<string, [WorkQueue, ...WorkQueue[]]>();
  for (const queue of queues) {
    const group = groups.get(queue.deadLettersUrl);
    if (group === undefined) groups.set(queue.deadLettersUrl, [queue]);
    else group.push(queue);
  }
  return [...groups.values()];
}
