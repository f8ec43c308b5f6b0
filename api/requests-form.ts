/** What calls about service requests look like, and their answers: checked on the way in, described for the way out. */
import { z } from "zod";
import { type RequestStatus, requests } from "../domain/requests.ts";
import { FOLLOWED_AS } from "./following.ts";
import { PAGE_TYPE } from "./operation.ts";
import { EXAMPLE_ID, historyEntry, limit, line, moment, note, PAGE_TOKEN, pageToken, parameter, recordId } from "./schemas.ts";

const TITLE_LENGTH_MAX = 200;
const TOKEN_LENGTH_MAX = 128;
const PAGE = { most: 100, usual: 20 };

const statuses = Object.keys(requests.transitions) as [RequestStatus, ...RequestStatus[]];
const status = z.enum(statuses, { error: `must be one of ${statuses.join(", ")}` });

export const withId = z.strictObject({ id: recordId.meta({ examples: [EXAMPLE_ID] }) });
const TOKEN = "kS0hT7qHk1m3wX8uYb5vCq2nRz9dLe4fGj6aPo0iMtE";
const tracking = {
  t: parameter
    .max(TOKEN_LENGTH_MAX, "is no tracking token")
    .meta({ description: "The token of the tracking address", examples: [TOKEN] })
    .optional(),
};
export const trackingQuery = z.strictObject(tracking);
export const historyQuery = z.strictObject({ ...tracking, limit: limit(PAGE.most, PAGE.usual), token: pageToken.optional() });
export const listQuery = z.strictObject({ status: status.optional(), limit: limit(PAGE.most, PAGE.usual), token: pageToken.optional() });

export const creationBody = z.strictObject({ title: line(1, TITLE_LENGTH_MAX) }).meta({ examples: [{ title: "Replace the pump" }] });
export const changeBody = z
  .strictObject({ status, note: note.optional() })
  .meta({ examples: [{ status: "IN_PROGRESS", note: "Parts have arrived." }] });

const created = z.strictObject({ requestId: recordId, title: z.string(), createdAt: moment, trackingUrl: z.url() });
const changed = z.strictObject({
  requestId: recordId,
  newStatus: status,
  changedAt: moment,
  eventId: z.string(),
  executionArn: z.string(),
});
const listed = z.strictObject({
  requestId: recordId,
  title: z.string(),
  status,
  version: z.int(),
  createdAt: moment,
  updatedAt: moment,
  notifiedAt: moment.optional(),
  lastEventId: z.string().optional(),
  historyVersion: z.int(),
});
const summary = listed.meta({ id: "RequestSummary" });
const shown = listed.extend({ history: z.array(historyEntry) }).meta({ id: "Request" });
const nextPage = { next_page_token: z.string().optional() };

const CREATED_AT = "2026-11-21T08:30:00.000Z";
const CHANGED_AT = "2026-11-21T09:12:45.120Z";
const NOTIFIED_AT = "2026-11-21T09:12:45.141Z";
const EVENT = `${EXAMPLE_ID}-2`;
const ENTRY = {
  eventId: EVENT,
  version: 2,
  from: "PENDING",
  to: "IN_PROGRESS",
  note: "Parts have arrived.",
  changedAt: CHANGED_AT,
  changeId: "0b8a47f2-6c1e-4b39-8f50-d9e2c3a61b74",
  type: "request.status-changed",
  notifiedAt: NOTIFIED_AT,
};
const LISTED = {
  requestId: EXAMPLE_ID,
  title: "Replace the pump",
  status: "IN_PROGRESS",
  version: 2,
  createdAt: CREATED_AT,
  updatedAt: CHANGED_AT,
  notifiedAt: NOTIFIED_AT,
  lastEventId: EVENT,
  historyVersion: 2,
};
const ETAG = { etag: 'The record\'s version in quotes, for If-Match: "2"' };

export const answers = {
  create: {
    201: {
      description: "The request is made.",
      schema: created,
      example: {
        requestId: EXAMPLE_ID,
        title: LISTED.title,
        createdAt: CREATED_AT,
        trackingUrl: `http://localhost:8080/requests/${EXAMPLE_ID}?t=${TOKEN}`,
      },
      headers: { location: "Where the request is, without the token that opens it" },
    },
  },
  track: {
    200: {
      description: "The request; a page of it in a browser, and as a stream the request anew each time it has changed.",
      schema: shown,
      views: FOLLOWED_AS,
      example: { ...LISTED, history: [ENTRY] },
      headers: ETAG,
    },
  },
  history: {
    200: {
      description: "A page.",
      schema: z.strictObject({ history: z.array(historyEntry), ...nextPage }),
      views: [PAGE_TYPE],
      example: { history: [ENTRY], next_page_token: PAGE_TOKEN },
    },
  },
  list: {
    200: {
      description: "A page.",
      schema: z.strictObject({ requests: z.array(summary), ...nextPage }),
      example: { requests: [LISTED], next_page_token: PAGE_TOKEN },
    },
  },
  change: {
    200: {
      description: "The change is made.",
      schema: changed,
      example: {
        requestId: EXAMPLE_ID,
        newStatus: "IN_PROGRESS",
        changedAt: CHANGED_AT,
        eventId: EVENT,
        executionArn: `arn:aws:states:us-east-1:000000000000:execution:requests:${EVENT}`,
      },
      headers: ETAG,
    },
  },
};
