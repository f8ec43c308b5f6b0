/** All that the API is made of, put together from the settings. */

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { API_LIMITS, type Clients } from "../config/clients.ts";
import type { Logger } from "../config/logger.ts";
import type { Outputs } from "../config/outputs.ts";
import type { Secrets } from "../config/secrets.ts";
import type { Settings } from "../config/settings.ts";
import { NO_TRACER, type Tracer } from "../config/tracing.ts";
import type { IdempotencyStore } from "../domain/idempotency.ts";
import { keysFor } from "../domain/sealing.ts";
import { makeApp } from "./app.ts";
import { Concurrency } from "./concurrency.ts";
import { consoleOperations } from "./console/console.ts";
import { Sessions } from "./console/session.ts";
import { Cursors } from "./cursors.ts";
import { docsOperations } from "./docs.ts";
import { guarded } from "./door.ts";
import { failureOperations } from "./failures.ts";
import { apiKinds } from "./kinds.ts";
import { Live } from "./live.ts";
import { loginOperations } from "./login.ts";
import type { ApiMetrics } from "./metrics.ts";
import type { Operation } from "./operation.ts";
import { pageAssets } from "./pages/assets.ts";
import { serviceOperations } from "./service.ts";
import { makeUsers, type Users } from "./users.ts";

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8")));

export interface ApiParts {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly outputs: Outputs;
  readonly clients: Clients;
  readonly logger: Logger;
  readonly metrics: ApiMetrics;
  readonly isDraining: () => boolean;
  readonly tracer?: Tracer;
}

/** The application, and what keeps more calls from it than it can answer in good time. */
export function makeService(parts: ApiParts): RequestListener {
  const { settings, secrets, outputs, clients, logger, metrics, isDraining } = parts;
  const idempotency: IdempotencyStore = {
    table: outputs.idempotency_table,
    client: clients.dynamodb,
    clock: Date.now,
    newId: randomUUID,
    secrets: secrets.appSecrets,
  };
  const concurrency = new Concurrency();
  const app = makeApp({
    concurrency,
    operations: operationsOf(parts),
    identities: { adminTokens: secrets.adminTokens, verifyUser: usersOf(parts).verify },
    idempotency,
    writeMsMax: API_LIMITS.maxAttempts * (API_LIMITS.requestMs + API_LIMITS.connectMs),
    bodyBytesMax: settings.api.bodyBytesMax,
    limits: settings.api.limits,
    logger,
    metrics,
    isDraining,
    ...(parts.tracer && { tracer: parts.tracer }),
  });
  return guarded(app.callback(), { concurrency, metrics, logger });
}

function usersOf({ settings, secrets }: ApiParts): Users {
  return makeUsers({ ...settings.users, secrets: secrets.jwtSecrets });
}

export function operationsOf(parts: ApiParts): Operation[] {
  const { settings, secrets, outputs, clients, logger, metrics, isDraining } = parts;
  const { dynamodb, sfn, sqs } = clients;
  const cursors = new Cursors(keysFor(secrets.appSecrets, "signing"));
  const { issue } = usersOf(parts);
  const failures = { table: outputs.failures_table, client: dynamodb, clock: Date.now };
  const live = new Live({ isDraining });
  const tracer = parts.tracer ?? NO_TRACER;
  const kinds = apiKinds({ settings, secrets, outputs, clients, logger, cursors, metrics, live, tracer });
  const operations = [
    // One table and one workflow stand for all: where they answer, the services do.
    ...serviceOperations({ dynamodb, sfn, table: outputs.idempotency_table, stateMachineArn: kinds[0]?.stateMachineArn, isDraining }),
    ...(issue === undefined || settings.mode !== "local" ? [] : loginOperations(issue)),
    ...kinds.flatMap(({ operations }) => operations),
    ...failureOperations({
      store: failures,
      kinds,
      sqs,
      cursors,
    }),
    ...pageAssets(),
  ];
  const sessions = new Sessions({
    appSecrets: secrets.appSecrets,
    adminTokens: secrets.adminTokens,
    isSecure: settings.api.publicBaseUrl.startsWith("https:"),
    clock: Date.now,
  });
  operations.push(...consoleOperations({ sessions, sfn, sqs, cursors, kinds, metrics, failures, operations: [...operations] }));
  return [...operations, ...docsOperations(operations, { version, bodyBytesMax: settings.api.bodyBytesMax })];
}
