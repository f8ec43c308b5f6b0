/** Service requests: made by anyone, followed by whoever has the tracking address, moved on by the administrator. */
import { text, textAt } from "../domain/attributes.ts";
import { readRecord } from "../domain/ledger.ts";
import type { RecordSummary } from "../domain/listing.ts";
import type { StoredRecord } from "../domain/record.ts";
import { type RequestStatus, requests } from "../domain/requests.ts";
import { fingerprint, type Keys, keysFor } from "../domain/sealing.ts";
import { hashToken, isToken } from "../domain/tokens.ts";
import { follow, followHistory } from "./following.ts";
import type { Live } from "./live.ts";
import { type Call, type Operation, operation } from "./operation.ts";
import { type Followed, HISTORY_SHOWN } from "./pages/follow.ts";
import { queryOf } from "./query.ts";
import { type ApiKind, change, etag, historyPage, type KindParts, make, notThere, type Records, recordPage, recordsOf } from "./records.ts";
import { answers, changeBody, creationBody, historyQuery, listQuery, trackingQuery, withId } from "./requests-form.ts";

type Requests = Records<RequestStatus>;

export function requestsKind(parts: KindParts): ApiKind {
  const { outputs, settings, secrets } = parts;
  const stateMachineArn = outputs.requests_state_machine_arn;
  const records = recordsOf(requests, { table: outputs.requests_table, stateMachineArn }, parts);
  const trackingKeys = keysFor(secrets.appSecrets, "tracking tokens");
  return {
    ledger: records.ledger,
    stateMachineArn,
    queues: [{ url: outputs.requests_queue_url, deadLettersUrl: outputs.requests_dlq_url }],
    operations: [
      createOperation(records, settings.api.publicBaseUrl, trackingKeys),
      listOperation(records),
      trackOperation(records, parts.live),
      historyOperation(records),
      changeOperation(records),
    ],
  };
}

function createOperation(records: Requests, publicBaseUrl: string, trackingKeys: Keys): Operation {
  return operation({
    name: "createRequest",
    method: "POST",
    at: "/requests",
    summary: "Makes a request, and gives the address to follow it by.",
    access: "anyone",
    body: creationBody,
    answers: answers.create,
    handle: async (call) => {
      const { title } = call.body;
      const { recordId: id, changeId } = call.mark;
      const tokenBy = (key: Uint8Array) => trackingToken(key, id, changeId);
      const token = tokenBy(trackingKeys[0]);
      const made = await make(records, call, { attributes: { title: text(title), tokenHash: text(hashToken(token)) } });
      const isOurs = call.mark.triedSince === undefined;
      const theirs = isOurs ? token : await storedToken(records, id, trackingKeys.map(tokenBy));
      const location = `${publicBaseUrl}/requests/${id}`;
      return {
        status: 201,
        body: { requestId: id, title, createdAt: made.changedAt, trackingUrl: `${location}?t=${theirs ?? token}` },
        headers: { location },
      };
    },
  });
}

function trackOperation(records: Requests, live: Live): Operation {
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
      const { id } = call.path;
      const record = await readFor(records, call);
      return follow(call, {
        live,
        key: `request ${id}`,
        found: { record },
        again: async () => {
          const later = await readRecord(records.ledger, id);
          return later && { record: later };
        },
        view: ({ record }) => ({ ...view(id, record), history: record.history.slice(-HISTORY_SHOWN) }),
        page: ({ record }) => pageOf(id, record, call.query.t),
      });
    },
  });
}

function historyOperation(records: Requests): Operation {
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
      const record = await readFor(records, call);
      const body = await historyPage(records, call.path.id, record, call.query);
      return followHistory(call, { at: "/requests/{id}/history", noun: requests.noun, id: call.path.id, body, shown: { t: call.query.t } });
    },
  });
}

function listOperation(records: Requests): Operation {
  return operation({
    name: "listRequests",
    method: "GET",
    at: "/requests",
    summary: "Lists requests, newest first.",
    access: "admin",
    query: listQuery,
    answers: answers.list,
    handle: async ({ query }) => {
      const page = await recordPage(records, { status: query.status, attributes: ["title"] }, query);
      return { status: 200, body: { requests: page.records.map((record) => view(record.id, record)), ...page.next } };
    },
  });
}

function changeOperation(records: Requests): Operation {
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
    handle: async (call) => {
      const { id } = call.path;
      const { status, note } = call.body;
      const made = await change(records, call, { id, to: status, ...(note !== undefined && { note }) });
      const { eventId, changedAt, to, version } = made;
      return {
        status: 200,
        body: { requestId: id, newStatus: to, changedAt, eventId, executionArn: records.arnOf(eventId) },
        headers: etag(version),
      };
    },
  });
}

/** Derived, so that whoever takes over a call that was broken off gives the same; without the secret it is 256 random bits. */
export function trackingToken(key: Uint8Array, id: string, changeId: string): string {
  return fingerprint(key, `${id} ${changeId}`);
}

/** Which of some tokens is the record's: whoever made it before the call was broken off may have had the other secret. */
async function storedToken({ ledger }: Requests, id: string, tokens: readonly string[]): Promise<string | undefined> {
  const record = await readRecord(ledger, id);
  return record && tokens.find((token) => isToken(token, textAt(record.attributes, "tokenHash")));
}

/** The record, for the administrator or whoever shows its token. To all others it is as if there were none. */
async function readFor({ ledger }: Requests, call: Call<{ id: string }, { t?: string | undefined }, unknown>): Promise<StoredRecord> {
  const record = await readRecord(ledger, call.path.id);
  const hash = record === undefined ? NO_HASH : textAt(record.attributes, "tokenHash");
  const isTheirs = isToken(call.query.t ?? "", hash);
  if (record === undefined || !(isTheirs || call.caller.is === "admin")) throw notThere(requests.noun, ", or the address lacks its token");
  ledger.heads?.see(call.path.id, record.status, record.version);
  return record;
}

/** Compared with where there is no record, so that an id that exists takes no longer than one that does not. */
const NO_HASH = hashToken("");

function pageOf(id: string, record: StoredRecord, t: string | undefined): Followed {
  return {
    ...record,
    at: "/requests/{id}",
    noun: requests.noun,
    title: textAt(record.attributes, "title"),
    history: record.history.slice(-HISTORY_SHOWN),
    historyAddress: `${id}/history${queryOf({ t })}`,
  };
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
