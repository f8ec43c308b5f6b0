/** Service requests: made by anyone, followed by whoever has the tracking address, moved on by the administrator. */
import { z } from "zod";
import { crashPoint } from "../config/crash-points.ts";
import { readHistory } from "../domain/archive.ts";
import { text, textAt } from "../domain/attributes.ts";
import { type ChangeOutcome, changeStatus } from "../domain/changes.ts";
import { createRecord } from "../domain/creation.ts";
import { type HistoryEntry, isNote } from "../domain/event.ts";
import { type Ledger, readRecord } from "../domain/ledger.ts";
import { NOTE_BYTES_MAX } from "../domain/limits.ts";
import { listRecords } from "../domain/listing.ts";
import type { StoredRecord } from "../domain/record.ts";
import { type RequestStatus, requests } from "../domain/requests.ts";
import { fingerprint } from "../domain/sealing.ts";
import { hashToken, isToken } from "../domain/tokens.ts";
import type { Cursors } from "./cursors.ts";
import { type Call, type Operation, operation } from "./operation.ts";
import { Problem, unavailable } from "./problem.ts";
import { historyEntry, limit, line, moment, pageToken, parameter, recordId } from "./schemas.ts";

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
const TITLE_LENGTH_MAX = 200;
const PAGE = { most: 100, usual: 20 };

const statuses = Object.keys(requests.transitions) as [RequestStatus, ...RequestStatus[]];
const status = z.enum(statuses, { error: `must be one of ${statuses.join(", ")}` });

const creation = z.strictObject({ title: line(1, TITLE_LENGTH_MAX) });
const created = z.object({ requestId: recordId, title: z.string(), createdAt: moment, trackingUrl: z.url() });
const change = z.strictObject({
  status,
  note: z.string({ error: "must be a text" }).refine(isNote, `must have at most ${NOTE_BYTES_MAX} bytes`).optional(),
});
const changed = z.object({ requestId: recordId, newStatus: status, changedAt: moment, eventId: z.string(), executionArn: z.string() });
const shown = z.object({
  requestId: recordId,
  title: z.string(),
  status,
  version: z.int(),
  createdAt: moment,
  updatedAt: moment,
  notifiedAt: moment.optional(),
  lastEventId: z.string().optional(),
  historyVersion: z.int(),
  history: z.array(historyEntry),
});
const listed = shown.omit({ history: true });
const withId = z.object({ id: recordId });
const tracking = { t: parameter.max(128).optional() };

export function requestOperations(options: RequestsOptions): Operation[] {
  return [create(options), list(options), track(options), history(options), patch(options)];
}

function create({ ledger, start, publicBaseUrl, trackingKey }: RequestsOptions): Operation {
  return operation({
    name: "createRequest",
    method: "POST",
    at: "/requests",
    summary: "Makes a request, and gives the address to follow it by.",
    access: "anyone",
    body: creation,
    answers: { 201: { description: "The request is made.", schema: created } },
    handle: async ({ body: { title }, mark, traceparent, requestId }) => {
      const { recordId: id, changeId } = mark;
      // Derived, so that whoever takes over a call that was broken off gives the same; without the secret it is random.
      const token = fingerprint(trackingKey, `${id} ${changeId}`);
      const attributes = { title: text(title), tokenHash: text(hashToken(token)) };
      const result = await createRecord(ledger, { id, changeId, attributes, ...(traceparent && { traceparent }) });
      crashPoint("api:after-write");
      if (result.outcome === "taken") throw new Error(`The id ${id}, drawn at random, is taken.`);
      const event = result.outcome === "created" ? result.event : result.change;
      if (result.input !== undefined) await start(event.eventId, result.input, requestId);
      const trackingUrl = `${publicBaseUrl}/requests/${id}?t=${token}`;
      return {
        status: 201,
        body: { requestId: id, title, createdAt: event.changedAt, trackingUrl },
        headers: { location: `/requests/${id}` },
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
    query: z.strictObject(tracking),
    answers: { 200: { description: "The request.", schema: shown } },
    handle: async (call) => {
      const record = await readFor(ledger, call);
      return { status: 200, body: view(call.path.id, record, record.history.slice(-HISTORY_SHOWN)), headers: etag(record.version) };
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
    query: z.strictObject({ ...tracking, limit: limit(PAGE.most, PAGE.usual), token: pageToken.optional() }),
    answers: {
      200: { description: "A page.", schema: z.object({ history: z.array(historyEntry), next_page_token: z.string().optional() }) },
    },
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
    query: z.strictObject({ status: status.optional(), limit: limit(PAGE.most, PAGE.usual), token: pageToken.optional() }),
    answers: {
      200: { description: "A page.", schema: z.object({ requests: z.array(listed), next_page_token: z.string().optional() }) },
    },
    handle: async ({ query }) => {
      const place = `requests ${query.status ?? "all"}`;
      const page = await listRecords(ledger, {
        status: query.status,
        limit: query.limit,
        position: cursors.read(place, query.token),
      });
      const next = page.position === undefined ? {} : { next_page_token: cursors.write(place, page.position) };
      return { status: 200, body: { requests: page.records.map(({ id, record }) => view(id, record)), ...next } };
    },
  });
}

function patch({ ledger, start, arnOf }: RequestsOptions): Operation {
  return operation({
    name: "changeRequestStatus",
    method: "PATCH",
    at: "/requests/{id}/status",
    summary: "Changes a request's status and starts the execution that carries the change out.",
    access: "admin",
    path: withId,
    body: change,
    answers: { 200: { description: "The change is made.", schema: changed } },
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
      const change = changeOf(id, result);
      if (result.outcome !== "changed" && result.outcome !== "alreadyOurs") throw new Error("unreachable");
      if (result.input !== undefined) await start(change.eventId, result.input, requestId);
      const { eventId, changedAt, to, version } = change;
      const answer = { requestId: id, newStatus: to, changedAt, eventId, executionArn: arnOf(eventId) };
      return { status: 200, body: answer, headers: etag(version) };
    },
  });
}

/** The change that was made; a Problem that says why none was. */
function changeOf(id: string, result: ChangeOutcome<RequestStatus>) {
  switch (result.outcome) {
    case "changed":
      return result.event;
    case "alreadyOurs":
      return result.change;
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
      throw new Problem(409, `Others are changing the request ${id} at this moment: look at it and try again.`, { isPassing: true });
    case "full":
      throw unavailable("Too many changes of this request are on their way, or were given up: try again when some have arrived.", 5);
  }
}

/** The record, for the administrator or whoever shows its token. To all others it is as if there were none. */
async function readFor(ledger: Ledger, call: Call<{ id: string }, { t?: string | undefined }, unknown>): Promise<StoredRecord> {
  const record = await readRecord(ledger, call.path.id);
  const hash = record === undefined ? NO_HASH : textAt(record.attributes, "tokenHash");
  const isTheirs = isToken(call.query.t ?? "", hash);
  if (record === undefined || !(isTheirs || call.isAdmin)) throw notThere();
  return record;
}

/** Compared with where there is no record, so that an id that exists takes no longer than one that does not. */
const NO_HASH = hashToken("");

function notThere(): Problem {
  return new Problem(404, "There is no such request, or the address lacks its token.");
}

function view(id: string, record: StoredRecord, entries?: readonly HistoryEntry[]) {
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
    history: entries,
  };
}

function etag(version: number): Record<string, string> {
  return { etag: `"${version}"` };
}
