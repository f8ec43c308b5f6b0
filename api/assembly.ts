/** All that the API is made of, put together from the settings. */

import { randomUUID } from "node:crypto";
import { API_LIMITS, type Clients } from "../config/clients.ts";
import { crashPoint } from "../config/crash-points.ts";
import type { Logger } from "../config/logger.ts";
import type { Outputs } from "../config/outputs.ts";
import type { Secrets } from "../config/secrets.ts";
import type { Settings } from "../config/settings.ts";
import { Heads } from "../domain/heads.ts";
import type { IdempotencyStore } from "../domain/idempotency.ts";
import type { Ledger } from "../domain/ledger.ts";
import { type RequestStatus, requests } from "../domain/requests.ts";
import { keyFor } from "../domain/sealing.ts";
import { executionArn, starterOf } from "../workflows/starter.ts";
import { makeApp } from "./app.ts";
import { Cursors } from "./cursors.ts";
import { failureOperations } from "./failures.ts";
import type { Operation } from "./operation.ts";
import { requestOperations } from "./requests.ts";
import { serviceOperations } from "./service.ts";

export interface ApiParts {
  readonly settings: Pick<Settings, "api">;
  readonly secrets: Secrets;
  readonly outputs: Outputs;
  readonly clients: Clients;
  readonly logger: Logger;
  readonly isDraining: () => boolean;
}

/** A caller waits so long for its execution to start; what is not started by then, the relay starts. */
const START_MS_MAX = 1_000;

export function makeService(parts: ApiParts) {
  const { settings, secrets, outputs, clients, logger, isDraining } = parts;
  const idempotency: IdempotencyStore = {
    table: outputs.idempotency_table,
    client: clients.dynamodb,
    clock: Date.now,
    newId: randomUUID,
    secret: secrets.appSecret,
  };
  return makeApp({
    operations: operationsOf(parts),
    adminToken: secrets.adminToken,
    idempotency,
    writeMsMax: API_LIMITS.maxAttempts * (API_LIMITS.requestMs + API_LIMITS.connectMs),
    bodyBytesMax: settings.api.bodyBytesMax,
    logger,
    isDraining,
  });
}

export function operationsOf({ settings, secrets, outputs, clients, logger, isDraining }: ApiParts): Operation[] {
  const { dynamodb, sfn, sqs } = clients;
  const cursors = new Cursors(keyFor(secrets.appSecret, "signing"));
  const ledger: Ledger<RequestStatus> = {
    kind: requests,
    table: outputs.requests_table,
    client: dynamodb,
    clock: Date.now,
    random: Math.random,
    heads: new Heads(),
  };
  const machine = outputs.requests_state_machine_arn;
  const starter = starterOf(sfn, machine, START_MS_MAX);
  const start = async (eventId: string, input: string, requestId: string) => {
    try {
      await starter.start(eventId, input);
      crashPoint("api:after-start");
    } catch (error) {
      logger.warn({ http: requestId, eventId, reason: String(error) }, "an execution was not started; the relay will start it");
    }
  };
  return [
    ...serviceOperations({ dynamodb, sfn, table: outputs.requests_table, stateMachineArn: machine, isDraining }),
    ...requestOperations({
      ledger,
      start,
      arnOf: (eventId) => executionArn(machine, eventId),
      publicBaseUrl: settings.api.publicBaseUrl,
      trackingKey: keyFor(secrets.appSecret, "tracking tokens"),
      cursors,
    }),
    ...failureOperations({
      store: { table: outputs.failures_table, client: dynamodb, clock: Date.now },
      kinds: [{ ledger, queueUrl: outputs.requests_queue_url, deadLettersUrl: outputs.requests_dlq_url }],
      sqs,
      cursors,
    }),
  ];
}
