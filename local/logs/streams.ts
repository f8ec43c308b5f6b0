import type { JsonObject } from "../json.ts";
import type { Call, Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { findGroup, type GroupRow, groupArn } from "./groups.ts";
import {
  alreadyExists,
  invalidParameter,
  notFound,
  optionalBoolean,
  optionalInteger,
  optionalText,
  readGroupName,
  readName,
  readToken,
  unmet,
  writeToken,
} from "./input.ts";

export interface StreamRow {
  readonly id: number;
  readonly log_group: number;
  readonly name: string;
  readonly created: number;
  readonly first_event: number | null;
  readonly last_event: number | null;
  readonly last_ingestion: number | null;
}

export function findStream(store: Store, group: GroupRow, name: string): StreamRow {
  const row = store.sql("SELECT * FROM logs_streams WHERE log_group = ? AND name = ?").get(group.id, name) as StreamRow | undefined;
  if (row === undefined) throw notFound("stream");
  return row;
}

export function streamOperations(store: Store, clock: () => number): [string, Operation][] {
  return [
    ["CreateLogStream", (call) => createStream(store, clock(), call)],
    ["DescribeLogStreams", (call) => describeStreams(store, call)],
    ["DeleteLogStream", (call) => deleteStream(store, call)],
  ];
}

async function createStream(store: Store, now: number, { input, region }: Call): Promise<JsonObject> {
  const groupName = readName(input, "logGroupName");
  const name = readName(input, "logStreamName");
  await store.write(() => {
    const { id } = findGroup(store, region, groupName);
    if (store.sql("SELECT 1 FROM logs_streams WHERE log_group = ? AND name = ?").get(id, name) !== undefined) throw alreadyExists("stream");
    store.sql("INSERT INTO logs_streams (log_group, name, created) VALUES (?, ?, ?)").run(id, name, now);
  });
  return {};
}

async function deleteStream(store: Store, { input, region }: Call): Promise<JsonObject> {
  const groupName = readName(input, "logGroupName");
  const name = readName(input, "logStreamName");
  await store.write(() => {
    const group = findGroup(store, region, groupName);
    const { id } = findStream(store, group, name);
    const gone = store.sql("SELECT count(*) AS events, coalesce(sum(bytes), 0) AS bytes FROM logs_events WHERE stream = ?").get(id);
    store.sql("DELETE FROM logs_events WHERE stream = ?").run(id);
    store.sql("DELETE FROM logs_streams WHERE id = ?").run(id);
    store
      .sql("UPDATE logs_groups SET events = events - ?, bytes = bytes - ? WHERE id = ?")
      .run(Number(gone?.events ?? 0), Number(gone?.bytes ?? 0), group.id);
  });
  return {};
}

const ORDERS = ["LogStreamName", "LastEventTime"];

async function describeStreams(store: Store, { input, region }: Call): Promise<JsonObject> {
  const groupName = readGroupName(input);
  const prefix = optionalText(input, "logStreamNamePrefix") ?? "";
  const order = optionalText(input, "orderBy") ?? "LogStreamName";
  if (!ORDERS.includes(order)) throw unmet("orderBy", order, `Member must satisfy enum value set: [${ORDERS.join(", ")}]`);
  const byTime = order === "LastEventTime";
  if (byTime && prefix !== "") throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const limit = optionalInteger(input, "limit", 1, 50) ?? 50;
  const offset = Number(readToken(input) ?? 0);
  if (!Number.isSafeInteger(offset)) throw invalidParameter("The specified nextToken is invalid.");
  return store.read(() => {
    const group = findGroup(store, region, groupName);
    const direction = optionalBoolean(input, "descending") ? "DESC" : "ASC";
    const column = byTime ? "coalesce(last_event, created)" : "name";
    const sql = `SELECT * FROM logs_streams WHERE log_group = ? AND substr(name, 1, ?) = ? ORDER BY ${column} ${direction}, name LIMIT ? OFFSET ?`;
    const rows = store.sql(sql).all(group.id, prefix.length, prefix, limit + 1, offset) as unknown[] as StreamRow[];
    const more: JsonObject = rows.length > limit ? { nextToken: writeToken(String(offset + limit)) } : {};
    return { logStreams: rows.slice(0, limit).map((stream) => describe(group, stream)), ...more };
  });
}

function describe(group: GroupRow, stream: StreamRow): JsonObject {
  return {
    logStreamName: stream.name,
    creationTime: stream.created,
    ...(stream.first_event === null ? {} : { firstEventTimestamp: stream.first_event }),
    ...(stream.last_event === null ? {} : { lastEventTimestamp: stream.last_event }),
    ...(stream.last_ingestion === null ? {} : { lastIngestionTime: stream.last_ingestion }),
    arn: `${groupArn(group)}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}
