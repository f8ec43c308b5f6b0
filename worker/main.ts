/**
 * `npm run worker`: carries changes of status through until it is told to end (SIGTERM, SIGINT). Then it receives nothing
 * more, finishes what it has, and exits with 0; a second signal does not wait for that, and even then nothing is lost.
 */
import { makeClients, WORKER_LIMITS } from "../config/clients.ts";
import { ConfigError, readEnvironment } from "../config/environment.ts";
import { type Logger, makeLogger } from "../config/logger.ts";
import { serveMetrics } from "../config/metrics-server.ts";
import { readOutputs } from "../config/outputs.ts";
import { onParentGone, tellReady } from "../config/parent.ts";
import { readSettings } from "../config/settings.ts";
import { makeTracer, type Tracer } from "../config/tracing.ts";
import { readStackOutputs } from "../pulumi/apply/outputs-file.ts";
import { reasonOf } from "./reasons.ts";
import { makeWorker, type Worker } from "./worker.ts";

async function main(): Promise<void> {
  const environment = readEnvironment();
  const settings = readSettings(environment);
  const outputs = readOutputs(environment, readStackOutputs(settings));
  const logger = makeLogger("worker", settings);
  process.on("unhandledRejection", (error) => {
    logger.fatal({ reason: reasonOf(error) }, "something failed that nothing waited for");
    process.exit(1);
  });
  const clients = makeClients(settings, WORKER_LIMITS);
  const tracer = await makeTracer("worker", settings, logger);
  const worker = makeWorker({ settings, outputs, clients, logger, tracer });
  worker.start();
  serveMetrics(worker.metrics, settings.worker.metrics, logger);
  endOnSignal({ worker, tracer, logger }, settings.worker.drainSeconds);
  const { pollers, concurrency } = settings.worker;
  logger.info({ kinds: settings.kinds, pollers, concurrency }, "ready: waiting for messages");
  tellReady();
}

/** npm passes on a Ctrl-C that the terminal has sent here as well: what comes so soon after a signal is the same one. */
const SAME_SIGNAL_MS = 500;

interface Running {
  readonly worker: Worker;
  readonly tracer: Tracer;
  readonly logger: Logger;
}

function endOnSignal({ worker, tracer, logger }: Running, drainSeconds: number): void {
  let endingSince: number | undefined;
  const end = async (why: string) => {
    if (endingSince !== undefined) {
      if (performance.now() - endingSince > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    endingSince = performance.now();
    logger.info({ why }, "ending: finishing what is at work");
    const unfinished = await worker.stop(drainSeconds * 1_000);
    await tracer.stop();
    logger.info({ unfinished }, "ended");
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void end(signal));
  onParentGone(() => void end("whoever started the worker is gone"));
}

// What compiles it beforehand (start/compile.ts) only loads it.
if (import.meta.main) {
  main().catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  });
}
