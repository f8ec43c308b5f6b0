/** What the worker's part of a kind is made of. */
import type { Clients } from "../config/clients.ts";
import { crashPoint } from "../config/crash-points.ts";
import type { Logger } from "../config/logger.ts";
import type { Outputs } from "../config/outputs.ts";
import type { Settings } from "../config/settings.ts";
import type { Tracer } from "../config/tracing.ts";
import type { FailureStore } from "../domain/failures.ts";
import type { Kind } from "../domain/kind.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { Counters } from "./counters.ts";
import type { Notify } from "./notifications/notification.ts";

export interface KindParts {
  readonly settings: Settings;
  readonly outputs: Outputs;
  readonly clients: Clients;
  readonly failures: FailureStore;
  readonly notify: Notify;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly random: () => number;
  readonly tracer: Tracer;
}

export function recordLedger<Status extends string>(kind: Kind<Status>, table: string, { clients, random }: KindParts): Ledger<Status> {
  return { kind, table, client: clients.dynamodb, clock: Date.now, random, between: crashPoint };
}
