import type { JsonObject } from "../json.ts";
import type { Call } from "../service.ts";
import type { Store } from "../store.ts";
import { readPattern } from "./filter-pattern.ts";
import { findGroup } from "./groups.ts";
import {
  invalidParameter,
  optionalBoolean,
  optionalInteger,
  optionalMoment,
  optionalText,
  optionalTexts,
  readGroupName,
  readName,
  readToken,
  writeToken,
} from "./input.ts";
import { expiry } from "./put-events.ts";
import { findStream } from "./streams.ts";

const EVENTS_MAX = 10_000;
const ANSWER_BYTES_MAX = 1_048_576;
/** How many events one call looks through: others wait meanwhile, and a caller goes on with the token. */
const SCANNED_MAX = 10_000;

interface EventRow {
  readonly id: number;
  readonly stream: number;
  readonly timestamp: number;
  readonly ingested: number;
  readonly bytes: number;
  readonly message: string;
}

/** An event's place in the order of reading. */
interface Position {
  readonly timestamp: number;
  readonly id: number;
}

/** A page of one stream; its tokens go on to later or back to earlier events, and stay good for events still to come. */
export function getLogEvents(store: Store, now: number, { input, region }: Call): Promise<JsonObject> {
  const groupName = readGroupName(input);
  const streamName = readName(input, "logStreamName");
  const limit = optionalInteger(input, "limit", 1, EVENTS_MAX) ?? EVENTS_MAX;
  const token = readPosition(optionalText(input, "nextToken"));
  const forward = token?.forward ?? optionalBoolean(input, "startFromHead");
  return store.read(() => {
    const group = findGroup(store, region, groupName);
    const stream = findStream(store, group, streamName);
    const start = Math.max(optionalMoment(input, "startTime") ?? 0, expiry(group, now));
    const end = optionalMoment(input, "endTime") ?? Number.MAX_SAFE_INTEGER;
    const beyond = token ?? (forward ? { timestamp: start, id: -1 } : { timestamp: end, id: Number.MAX_SAFE_INTEGER });
    const [comparison, order] = forward ? [">", "ASC"] : ["<", "DESC"];
    const sql = `SELECT * FROM logs_events WHERE stream = ? AND (timestamp, id) ${comparison} (?, ?) AND timestamp >= ? AND timestamp < ? ORDER BY timestamp ${order}, id ${order} LIMIT ?`;
    const rows: EventRow[] = [];
    let bytes = 0;
    for (const row of store
      .sql(sql)
      .iterate(stream.id, beyond.timestamp, beyond.id, start, end, limit) as Iterable<unknown> as Iterable<EventRow>) {
      bytes += row.bytes;
      if (rows.length > 0 && bytes > ANSWER_BYTES_MAX) break;
      rows.push(row);
    }
    if (!forward) rows.reverse();
    const nothing = token ?? { timestamp: start, id: 0 };
    return {
      events: rows.map(({ timestamp, message, ingested }) => ({ timestamp, message, ingestionTime: ingested })),
      nextForwardToken: writePosition("f", rows.at(-1) ?? nothing),
      nextBackwardToken: writePosition("b", rows[0] ?? nothing),
    };
  });
}

function writePosition(direction: "f" | "b", { timestamp, id }: Position): string {
  return `${direction}/${String(timestamp).padStart(20, "0")}${String(id).padStart(36, "0")}/s`;
}

function readPosition(token: string | undefined): (Position & { forward: boolean }) | undefined {
  if (token === undefined) return undefined;
  const [, direction, timestamp, id] = /^([fb])\/(\d{20})(\d{36})\/s$/.exec(token) ?? [];
  if (direction === undefined) throw invalidParameter("The specified nextToken is invalid.");
  return { forward: direction === "f", timestamp: Number(timestamp), id: Number(id) };
}

/** Events of a group, of all its streams or some, whose message fits the pattern; a page may be empty and still have a next. */
export function filterLogEvents(store: Store, now: number, { input, region }: Call): Promise<JsonObject> {
  const groupName = readGroupName(input);
  const limit = optionalInteger(input, "limit", 1, EVENTS_MAX) ?? EVENTS_MAX;
  const fits = readPattern(optionalText(input, "filterPattern") ?? "");
  const after = readFilterToken(input);
  const inStreams = streamFilter(input);
  return store.read(() => {
    const group = findGroup(store, region, groupName);
    const start = Math.max(optionalMoment(input, "startTime") ?? 0, expiry(group, now));
    const end = optionalMoment(input, "endTime") ?? Number.MAX_SAFE_INTEGER - 1;
    const sql =
      "SELECT * FROM logs_events WHERE log_group = ? AND (timestamp, id) > (?, ?) AND timestamp >= ? AND timestamp <= ? ORDER BY timestamp, id LIMIT ?";
    const rows = store
      .sql(sql)
      .iterate(group.id, after.timestamp, after.id, start, end, SCANNED_MAX) as Iterable<unknown> as Iterable<EventRow>;
    const events: JsonObject[] = [];
    let [bytes, scanned] = [0, 0];
    let last: Position | undefined;
    for (const row of rows) {
      scanned++;
      last = row;
      const stream = streamName(store, row.stream);
      if (!inStreams(stream) || !fits(row.message)) continue;
      events.push(describe(row, stream));
      bytes += row.bytes;
      if (events.length === limit || bytes >= ANSWER_BYTES_MAX) break;
    }
    const ended = scanned < SCANNED_MAX && events.length < limit && bytes < ANSWER_BYTES_MAX;
    const next: JsonObject = ended || last === undefined ? {} : { nextToken: writeToken(`${last.timestamp}/${last.id}`) };
    return { events, searchedLogStreams: [], ...next };
  });
}

function describe(row: EventRow, logStreamName: string): JsonObject {
  return {
    logStreamName,
    timestamp: row.timestamp,
    message: row.message,
    ingestionTime: row.ingested,
    eventId: `${row.timestamp}${String(row.id).padStart(40, "0")}`.padStart(56, "0"),
  };
}

function streamName(store: Store, id: number): string {
  return String(store.sql("SELECT name FROM logs_streams WHERE id = ?").get(id)?.name ?? "");
}

function streamFilter(input: JsonObject): (name: string) => boolean {
  const names = new Set(optionalTexts(input, "logStreamNames"));
  const prefix = optionalText(input, "logStreamNamePrefix");
  if (names.size > 0 && prefix !== undefined) {
    throw invalidParameter("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.");
  }
  return (name) => (names.size === 0 || names.has(name)) && (prefix === undefined || name.startsWith(prefix));
}

function readFilterToken(input: JsonObject): Position {
  const text = readToken(input);
  if (text === undefined) return { timestamp: -1, id: -1 };
  const [, timestamp, id] = /^(\d{1,16})\/(\d{1,16})$/.exec(text) ?? [];
  if (timestamp === undefined || id === undefined) throw invalidParameter("The specified nextToken is invalid.");
  return { timestamp: Number(timestamp), id: Number(id) };
}
