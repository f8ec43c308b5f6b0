/** Service requests: made by anyone, followed by whoever has the tracking address, moved on by the administrator. */
import { crashPoint } from "../config/crash-points.ts";
import { readHistory } from "../domain/archive.ts";
import { text, textAt } from "../domain/attributes.ts";
import { type ChangeOutcome, changeStatus } from "../domain/changes.ts";
import { createRecord } from "../domain/creation.ts";
import type { Change, HistoryEntry } from "../domain/event.ts";
import { type Ledger, readRecord } from "../domain/ledger.ts";
import { listRecords, type RecordSummary } from "../domain/listing.ts";
import type { StoredRecord } from "../domain/record.ts";
import type { RequestStatus } from "../domain/requests.ts";
import { fingerprint } from "../domain/sealing.ts";
import { hashToken, isToken } from "../domain/tokens.ts";
import type { Cursors } from "./cursors.ts";
import { type Call, type Operation, operation } from "./operation.ts";
import { Problem, unavailable } from "./problem.ts";
import { answers, changeBody, creationBody, historyQuery, listQuery, trackingQuery, withId } from "./requests-form.ts";

export interface RequestsOptions {
  readonly ledger: Ledger<RequestStatus>;
  /** Starts the execution of an event; whatever comes of it, the change is made and its answer the same. */
  readonly start: (eventId: string, input: string, requestId: string) => Promise<void>;
  readonly arnOf: (eventId: string) => string;
  readonly publicBaseUrl: string;
  readonly trackingKey: Uint8Array;
  readonly cursors: Cursors;
}

const HISTORY_SHOWN = 20;
const FULL_RETRY_SECONDS = 5;

export function requestOperations(options: RequestsOptions): Operation[] {
  return [create(options), list(options), track(options), history(options), change(options)];
}

function create({ ledger, start, publicBaseUrl, trackingKey }: RequestsOptions): Operation {
  return operation({
    name: "createRequest",
    method: "POST",
    at: "/requests",
    summary: "Makes a request, and gives the address to follow it by.",
    access: "anyone",
    body: creationBody,
    answers: answers.create,
    handle: async ({ body: { title }, mark, traceparent, requestId }) => {
      const { recordId: id, changeId } = mark;
      // Derived, so that whoever takes over a call that was broken off gives the same; without the secret it is random.
      const token = fingerprint(trackingKey, `${id} ${changeId}`);
      const attributes = { title: text(title), tokenHash: text(hashToken(token)) };
      const result = await createRecord(ledger, { id, changeId, attributes, ...(traceparent && { traceparent }) });
      crashPoint("api:after-write");
      if (result.outcome === "taken") throw new Error(`The id ${id}, drawn at random, is taken.`);
      const made = result.outcome === "created" ? result.event : result.change;
      if (result.input !== undefined) await start(made.eventId, result.input, requestId);
      const location = `${publicBaseUrl}/requests/${id}`;
      return {
        status: 201,
        body: { requestId: id, title, createdAt: made.changedAt, trackingUrl: `${location}?t=${token}` },
        headers: { location },
      };
    },
  });
}

function track({ ledger }: RequestsOptions): Operation {
  return operation({
    name: "getRequest",
    method: "GET",
    at: "/requests/{id}",
    summary: "Shows a request and its latest history to whoever has its tracking address.",
    access: "anyone",
    path: withId,
    query: trackingQuery,
    answers: answers.track,
    problems: [404],
    handle: async (call) => {
      const record = await readFor(ledger, call);
      const latest: readonly HistoryEntry[] = record.history.slice(-HISTORY_SHOWN);
      return { status: 200, body: { ...view(call.path.id, record), history: latest }, headers: etag(record.version) };
    },
  });
}

function history({ ledger, cursors }: RequestsOptions): Operation {
  return operation({
    name: "getRequestHistory",
    method: "GET",
    at: "/requests/{id}/history",
    summary: "Pages through a request's whole history, oldest first.",
    access: "anyone",
    path: withId,
    query: historyQuery,
    answers: answers.history,
    problems: [404],
    handle: async (call) => {
      const { id } = call.path;
      const place = `history ${id}`;
      const record = await readFor(ledger, call);
      const after = Number(cursors.read(place, call.query.token) ?? 0);
      const entries = await readHistory(ledger, id, record, after, call.query.limit);
      const last = entries.at(-1)?.version ?? after;
      const next = last < record.historyVersion ? { next_page_token: cursors.write(place, String(last)) } : {};
      return { status: 200, body: { history: entries, ...next } };
    },
  });
}

function list({ ledger, cursors }: RequestsOptions): Operation {
  return operation({
    name: "listRequests",
    method: "GET",
    at: "/requests",
    summary: "Lists requests, newest first.",
    access: "admin",
    query: listQuery,
    answers: answers.list,
    handle: async ({ query: { status, limit, token } }) => {
      const place = `requests ${status ?? "all"}`;
      const page = await listRecords(ledger, { status, limit, position: cursors.read(place, token), attributes: ["title"] });
      const next = page.position === undefined ? {} : { next_page_token: cursors.write(place, page.position) };
      return { status: 200, body: { requests: page.records.map((record) => view(record.id, record)), ...next } };
    },
  });
}

function change({ ledger, start, arnOf }: RequestsOptions): Operation {
  return operation({
    name: "changeRequestStatus",
    method: "PATCH",
    at: "/requests/{id}/status",
    summary: "Changes a request's status and starts the execution that carries the change out.",
    access: "admin",
    path: withId,
    body: changeBody,
    answers: answers.change,
    problems: [404, 409, 412],
    handle: async ({ path: { id }, body, mark, ifVersion, traceparent, requestId }) => {
      const { changeId, triedSince, until } = mark;
      const result = await changeStatus(ledger, {
        id,
        to: body.status,
        changeId,
        ...(body.note !== undefined && { note: body.note }),
        ...(ifVersion !== undefined && { ifVersion }),
        ...(traceparent !== undefined && { traceparent }),
        ...(triedSince !== undefined && { triedSince }),
        ...(until !== undefined && { until }),
      });
      crashPoint("api:after-write");
      const { made, input } = madeBy(result);
      if (input !== undefined) await start(made.eventId, input, requestId);
      const { eventId, changedAt, to, version } = made;
      return {
        status: 200,
        body: { requestId: id, newStatus: to, changedAt, eventId, executionArn: arnOf(eventId) },
        headers: etag(version),
      };
    },
  });
}

/** The change that was made; a Problem that says why none was. */
function madeBy(result: ChangeOutcome<RequestStatus>): { made: Change; input: string | undefined } {
  switch (result.outcome) {
    case "changed":
      return { made: result.event, input: result.input };
    case "alreadyOurs":
      return { made: result.change, input: result.input };
    case "missing":
      throw notThere();
    case "illegal": {
      const { status, legal } = result;
      const ways = legal.length === 0 ? "which is its last" : `from where it may go to ${legal.join(" or ")}`;
      throw new Problem(409, `The request is ${status}, ${ways}.`, { extra: { currentStatus: status, legal } });
    }
    case "stale":
      throw new Problem(412, `The request is at version ${result.version}, not at the one If-Match names.`, {
        headers: etag(result.version),
      });
    case "conflict":
      throw new Problem(409, "Others are changing the request at this moment: look at it and try again.", { isPassing: true });
    case "full":
      throw unavailable(
        "Too many changes of this request are on their way, or were given up: try again when some have arrived.",
        FULL_RETRY_SECONDS,
      );
  }
}

/** The record, for the administrator or whoever shows its token. To all others it is as if there were none. */
async function readFor(ledger: Ledger, call: Call<{ id: string }, { t?: string | undefined }, unknown>): Promise<StoredRecord> {
  const record = await readRecord(ledger, call.path.id);
  const hash = record === undefined ? NO_HASH : textAt(record.attributes, "tokenHash");
  const isTheirs = isToken(call.query.t ?? "", hash);
  if (record === undefined || !(isTheirs || call.isAdmin)) throw notThere();
  ledger.heads?.see(call.path.id, record.status, record.version);
  return record;
}

/** Compared with where there is no record, so that an id that exists takes no longer than one that does not. */
const NO_HASH = hashToken("");

function notThere(): Problem {
  return new Problem(404, "There is no such request, or the address lacks its token.");
}

/** What is shown of a request, in a list and alone. The token's hash is not. */
function view(id: string, record: Omit<RecordSummary, "id">) {
  return {
    requestId: id,
    title: textAt(record.attributes, "title"),
    status: record.status,
    version: record.version,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    notifiedAt: record.notifiedAt,
    lastEventId: record.lastEventId,
    historyVersion: record.historyVersion,
  };
}

function etag(version: number): Record<string, string> {
  return { etag: `"${version}"` };
}
