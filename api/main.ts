/** `npm run api`: serves until it is told to end (SIGTERM, SIGINT), then answers what it has and exits with 0. */
import { API_LIMITS, makeClients } from "../config/clients.ts";
import { ConfigError, readEnvironment } from "../config/environment.ts";
import { makeLogger } from "../config/logger.ts";
import { serveMetrics } from "../config/metrics-server.ts";
import { readOutputs } from "../config/outputs.ts";
import { onParentGone, tellReady } from "../config/parent.ts";
import { readSecrets } from "../config/secrets.ts";
import { readSettings } from "../config/settings.ts";
import { makeTracer } from "../config/tracing.ts";
import { readStackOutputs } from "../pulumi/apply/outputs-file.ts";
import { makeService } from "./assembly.ts";
import { makeApiMetrics } from "./metrics.ts";
import { drain, listen, makeServer } from "./server.ts";

async function main(): Promise<void> {
  const environment = readEnvironment();
  const settings = readSettings(environment);
  const secrets = readSecrets(settings, environment);
  const outputs = readOutputs(environment, readStackOutputs(settings));
  const logger = makeLogger("api", settings, secrets);
  const clients = makeClients(settings, API_LIMITS);
  let isDraining = false;
  const metrics = makeApiMetrics();
  const tracer = await makeTracer("api", settings, logger);
  const service = makeService({ settings, secrets, outputs, clients, logger, metrics, isDraining: () => isDraining, tracer });
  const server = makeServer(service);
  const port = await listen(server, settings.api.host, settings.api.port);
  const end = (why: string) => {
    // npm passes on a Ctrl-C that the terminal has sent here as well.
    if (isDraining) return;
    isDraining = true;
    logger.info({ why }, "ending: answering what is under way");
    void drain(server, settings.api.drainSeconds * 1_000).then(async () => {
      await tracer.stop();
      logger.info("ended");
      process.exit(0);
    });
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(signal));
  onParentGone(() => end("whoever started the API is gone"));
  process.on("unhandledRejection", (error) => {
    logger.fatal({ reason: String(error) }, "something failed that nothing waited for");
    process.exit(1);
  });
  serveMetrics(metrics.registry, settings.api.metrics, logger);
  logger.info(`ready: listening on http://${settings.api.host}:${port}`);
  tellReady();
}

// What compiles it beforehand (start/compile.ts) only loads it.
if (import.meta.main) {
  main().catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  });
}
