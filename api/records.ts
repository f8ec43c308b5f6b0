/**
 * What the operations of every kind have in common: making a record, changing its status, its history, its list. They turn
 * the mechanism's outcomes into answers, so each kind's own file says only what is its own.
 */
import type { Clients } from "../config/clients.ts";
import { crashPoint } from "../config/crash-points.ts";
import type { Logger } from "../config/logger.ts";
import type { Outputs } from "../config/outputs.ts";
import type { Secrets } from "../config/secrets.ts";
import type { Settings } from "../config/settings.ts";
import type { Tracer } from "../config/tracing.ts";
import { readHistory } from "../domain/archive.ts";
import { type ChangeOutcome, type ChangeRequest, changeStatus } from "../domain/changes.ts";
import { type Creation, createRecord } from "../domain/creation.ts";
import { type Change, type HistoryEntry, originOf } from "../domain/event.ts";
import { Heads } from "../domain/heads.ts";
import type { Kind } from "../domain/kind.ts";
import type { Ledger } from "../domain/ledger.ts";
import { type Listing, listRecords, type RecordSummary } from "../domain/listing.ts";
import type { StoredRecord } from "../domain/record.ts";
import { executionArn, starterOf } from "../workflows/starter.ts";
import { tracedStarter } from "../workflows/traced-starter.ts";
import type { Cursors } from "./cursors.ts";
import type { Live } from "./live.ts";
import type { ApiMetrics } from "./metrics.ts";
import type { Access, Call, Operation } from "./operation.ts";
import { Problem, unavailable } from "./problem.ts";

/** What a kind's part of the API is made of. */
export interface KindParts {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly outputs: Outputs;
  readonly clients: Clients;
  readonly logger: Logger;
  readonly cursors: Cursors;
  readonly metrics: ApiMetrics;
  readonly live: Live;
  readonly tracer: Tracer;
}

/** A kind's part of the API. */
export interface ApiKind {
  readonly ledger: Ledger;
  readonly stateMachineArn: string;
  readonly operations: readonly Operation[];
  readonly queues: readonly { readonly url: string; readonly deadLettersUrl: string }[];
}

/** A kind's records, as its operations use them. */
export interface Records<Status extends string> {
  readonly ledger: Ledger<Status>;
  readonly cursors: Cursors;
  /** Starts the execution of an event; whatever comes of it, the change is made and its answer the same. */
  readonly start: (eventId: string, input: string, requestId: string) => Promise<void>;
  readonly arnOf: (eventId: string) => string;
  readonly metrics: ApiMetrics;
}

/** A caller waits so long for its execution to start; what is not started by then, the relay starts. */
const START_MS_MAX = 1_000;
const FULL_RETRY_SECONDS = 5;

export function recordsOf<Status extends string>(
  kind: Kind<Status>,
  { table, stateMachineArn }: { readonly table: string; readonly stateMachineArn: string },
  { clients, cursors, logger, metrics, tracer }: Pick<KindParts, "clients" | "cursors" | "logger" | "metrics" | "tracer">,
): Records<Status> {
  const starter = tracedStarter(starterOf(clients.sfn, stateMachineArn, START_MS_MAX), tracer, { kind: kind.name, by: "api" });
  return {
    ledger: { kind, table, client: clients.dynamodb, clock: Date.now, random: Math.random, heads: new Heads(), between: crashPoint },
    cursors,
    start: async (eventId, input, requestId) => {
      try {
        await starter.start(eventId, input);
        crashPoint("api:after-start");
      } catch (error) {
        logger.warn({ http: requestId, eventId, reason: String(error) }, "an execution was not started; the relay will start it");
      }
    },
    arnOf: (eventId) => executionArn(stateMachineArn, eventId),
    metrics,
  };
}

/** Who may write where anybody may on one's own machine, and only the administrator elsewhere. */
export function writersOf({ mode }: Settings): Access {
  return mode === "local" ? "anyone" : "admin";
}

type AnyCall = Pick<Call<unknown, unknown, unknown>, "mark" | "traceparent" | "ifVersion" | "requestId">;

/** Makes a record with the ids that are the call's own, and starts the execution of its creation. */
export async function make<Status extends string>(
  { ledger, start, metrics }: Records<Status>,
  { mark, traceparent, requestId }: AnyCall,
  facts: Pick<Creation, "attributes" | "note">,
): Promise<Change> {
  const { recordId: id, changeId } = mark;
  const result = await createRecord(ledger, { id, changeId, ...facts, ...originOf({ http: requestId, traceparent }) });
  crashPoint("api:after-write");
  if (result.outcome === "taken") throw new Error(`The id ${id}, drawn at random, is taken.`);
  const made = result.outcome === "created" ? result.event : result.change;
  if (result.input !== undefined) await start(made.eventId, result.input, requestId);
  metrics.changed(ledger.kind.name, made.to);
  return made;
}

export interface WantedChange<Status extends string> extends Pick<ChangeRequest<Status>, "id" | "to" | "note" | "attributes"> {
  /** What is said where the record may not go there, if not where it may go. */
  readonly illegal?: () => Problem;
}

/** Changes a record's status and starts the execution of the change. A Problem says why nothing was changed. */
export async function change<Status extends string>(
  { ledger, start, metrics }: Records<Status>,
  { mark, traceparent, ifVersion, requestId }: AnyCall,
  { illegal, ...wanted }: WantedChange<Status>,
): Promise<Change> {
  const { changeId, triedSince, until } = mark;
  const result = await changeStatus(ledger, {
    ...wanted,
    changeId,
    ...(ifVersion !== undefined && { ifVersion }),
    ...originOf({ http: requestId, traceparent }),
    ...(triedSince !== undefined && { triedSince }),
    ...(until !== undefined && { until }),
  });
  crashPoint("api:after-write");
  if (result.outcome === "illegal" && illegal !== undefined) throw illegal();
  const { made, input } = madeBy(ledger.kind, result);
  if (input !== undefined) await start(made.eventId, input, requestId);
  metrics.changed(ledger.kind.name, made.to);
  return made;
}

function madeBy<Status extends string>({ noun }: Kind<Status>, result: ChangeOutcome<Status>): { made: Change; input: string | undefined } {
  switch (result.outcome) {
    case "changed":
      return { made: result.event, input: result.input };
    case "alreadyOurs":
      return { made: result.change, input: result.input };
    case "missing":
      throw notThere(noun);
    case "illegal": {
      const { status, legal } = result;
      const ways = legal.length === 0 ? "and no call changes that" : `from where it may go to ${legal.join(" or ")}`;
      throw new Problem(409, `The ${noun} is ${status}, ${ways}.`, { extra: { currentStatus: status, legal } });
    }
    case "stale":
      throw new Problem(412, `The ${noun} is at version ${result.version}, not at the one If-Match names.`, {
        headers: etag(result.version),
      });
    case "conflict":
      throw new Problem(409, `Others are changing the ${noun} at this moment: look at it and try again.`, { isPassing: true });
    case "full":
      throw unavailable(
        `Too many changes of this ${noun} are on their way, or were given up: try again when some have arrived.`,
        FULL_RETRY_SECONDS,
      );
  }
}

export interface Paging {
  readonly limit: number;
  readonly token?: string | undefined;
}

/** A page of a record's whole history, oldest first. */
export async function historyPage(
  { ledger, cursors }: Records<string>,
  id: string,
  record: StoredRecord,
  { limit, token }: Paging,
): Promise<{ history: HistoryEntry[]; next_page_token?: string }> {
  const place = `history ${ledger.kind.name} ${id}`;
  const after = Number(cursors.read(place, token) ?? 0);
  const history = await readHistory(ledger, id, record, after, limit);
  const last = history.at(-1)?.version ?? after;
  return last < record.historyVersion ? { history, next_page_token: cursors.write(place, String(last)) } : { history };
}

/** A page of a kind's records, newest first. */
export async function recordPage<Status extends string>(
  { ledger, cursors }: Pick<Records<Status>, "ledger" | "cursors">,
  { status, attributes, owner }: Pick<Listing<Status>, "status" | "attributes" | "owner">,
  { limit, token }: Paging,
): Promise<{ records: readonly RecordSummary[]; next: { next_page_token?: string } }> {
  const place = `${ledger.kind.name} ${status ?? "all"}${owner === undefined ? "" : ` of ${owner.is}`}`;
  const page = await listRecords(ledger, { status, limit, position: cursors.read(place, token), attributes, ...(owner && { owner }) });
  return { records: page.records, next: page.position === undefined ? {} : { next_page_token: cursors.write(place, page.position) } };
}

export function notThere(noun: string, why = ""): Problem {
  return new Problem(404, `There is no such ${noun}${why}.`);
}

export function etag(version: number): Record<string, string> {
  return { etag: `"${version}"` };
}
