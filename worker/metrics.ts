/**
 * What Prometheus reads of a worker: what it counts, and how much waits. What waits is the same whichever worker is asked, and
 * is looked up at most every few seconds, however often somebody asks.
 */
import type { SQSClient } from "@aws-sdk/client-sqs";
import { Counter, Gauge, Registry } from "prom-client";
import type { Logger } from "../config/logger.ts";
import { type Backlog, readBacklog } from "../domain/backlog.ts";
import { countMessages } from "../workflows/queue-counts.ts";
import { COUNTERS, type CounterDescription, type CounterName, type Counters } from "./counters.ts";
import { reasonOf } from "./reasons.ts";
import type { WorkerKind } from "./step.ts";

export interface MetricsParts {
  readonly counters: Counters;
  readonly kinds: readonly WorkerKind[];
  readonly sqs: SQSClient;
  /** Which installation this is. */
  readonly env: string;
  readonly logger: Logger;
}

const LOOK_MS = 5_000;

export function workerMetrics(parts: MetricsParts): Registry {
  const registry = new Registry();
  for (const name of Object.keys(COUNTERS) as CounterName[]) exposeCounter(registry, name, parts);
  exposeBacklog(registry, parts);
  exposeDeadLetters(registry, parts);
  return registry;
}

function exposeCounter(registry: Registry, name: CounterName, { counters, env }: MetricsParts): void {
  const { help, label }: CounterDescription = COUNTERS[name];
  // The orders' counter bears the name of the installation, as CloudWatch's does.
  const common: Record<string, string> = name === "orders_processed_total" ? { env } : {};
  new Counter({
    name,
    help,
    labelNames: [...Object.keys(common), ...(label === undefined ? [] : [label])],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, count] of counters.valuesOf(name)) this.inc({ ...common, ...(label !== undefined && { [label]: value }) }, count);
    },
  });
}

function exposeBacklog(registry: Registry, { kinds, logger }: MetricsParts): void {
  const look = sometimes(logger, async () => {
    const backlogs = kinds.map(async ({ ledger }): Promise<[string, Backlog]> => [ledger.kind.name, await readBacklog(ledger)]);
    return new Map(await Promise.all(backlogs));
  });
  new Gauge({
    name: "outbox_pending",
    help: "Records with events on their way, by kind.",
    labelNames: ["kind"],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [kind, { records }] of await look()) this.set({ kind }, records);
    },
  });
  new Gauge({
    name: "outbox_oldest_seconds",
    help: "Since when the record that has waited longest has had events on their way, by kind; 0 where none has.",
    labelNames: ["kind"],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [kind, { oldestMs }] of await look()) this.set({ kind }, oldestMs / 1_000);
    },
  });
}

function exposeDeadLetters(registry: Registry, { kinds, sqs, logger }: MetricsParts): void {
  const urls = new Set(kinds.flatMap(({ queues }) => queues.map(({ deadLettersUrl }) => deadLettersUrl)));
  const look = sometimes(logger, async () => {
    const counts = [...urls].map(async (url): Promise<[string, number]> => [url.split("/").at(-1) ?? url, await messagesIn(sqs, url)]);
    return new Map(await Promise.all(counts));
  });
  new Gauge({
    name: "dlq_messages",
    help: "Messages in each dead-letter queue.",
    labelNames: ["queue"],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [queue, count] of await look()) this.set({ queue }, count);
    },
  });
}

async function messagesIn(sqs: SQSClient, url: string): Promise<number> {
  const { waiting, inFlight } = await countMessages(sqs, url);
  return waiting + inFlight;
}

/** Looks again where the last look is older than some seconds. Where it fails nothing is shown: no figure is better than an old one. */
function sometimes<Value>(logger: Logger, look: () => Promise<Map<string, Value>>): () => Promise<Map<string, Value>> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let last: Promise<Map<string, Value>>;
  return () => {
    if (performance.now() - lookedAt > LOOK_MS) {
      lookedAt = performance.now();
      last = look().catch((error: unknown) => {
        logger.warn({ reason: reasonOf(error) }, "what waits could not be read for the metrics");
        return new Map();
      });
    }
    return last;
  };
}
