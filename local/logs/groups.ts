import { AwsError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { ACCOUNT, type Call, type Operation } from "../service.ts";
import type { Store } from "../store.ts";
import {
  alreadyExists,
  groupOfArn,
  invalidParameter,
  notFound,
  optionalInteger,
  optionalText,
  optionalTexts,
  readName,
  readTags,
  readToken,
  requiredText,
  unmet,
  writeToken,
} from "./input.ts";

const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const CLASSES = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"];
const TAGS_MAX = 50;

export interface GroupRow {
  readonly id: number;
  readonly region: string;
  readonly name: string;
  readonly class: string;
  /** In days; null where events are kept for ever. */
  readonly retention: number | null;
  readonly created: number;
  readonly events: number;
  readonly bytes: number;
  readonly tags: string;
}

export function findGroup(store: Store, region: string, name: string): GroupRow {
  const row = store.sql("SELECT * FROM logs_groups WHERE region = ? AND name = ?").get(region, name) as GroupRow | undefined;
  if (row === undefined) throw notFound("group");
  return row;
}

export function groupArn(group: Pick<GroupRow, "region" | "name">): string {
  return `arn:aws:logs:${group.region}:${ACCOUNT}:log-group:${group.name}`;
}

export function groupOperations(store: Store, clock: () => number): [string, Operation][] {
  return [
    ["CreateLogGroup", (call) => createGroup(store, clock(), call)],
    ["DescribeLogGroups", (call) => describeGroups(store, call)],
    ["DeleteLogGroup", (call) => deleteGroup(store, call)],
    ["PutRetentionPolicy", (call) => setRetention(store, call, readRetention(call.input))],
    ["DeleteRetentionPolicy", (call) => setRetention(store, call, null)],
    ["ListTagsForResource", (call) => listTags(store, call, resourceName(call.input))],
    ["ListTagsLogGroup", (call) => listTags(store, call, readName(call.input, "logGroupName"))],
    ["TagResource", (call) => addTags(store, call, resourceName(call.input))],
    ["TagLogGroup", (call) => addTags(store, call, readName(call.input, "logGroupName"))],
    ["UntagResource", (call) => removeTags(store, call, resourceName(call.input), "tagKeys")],
    ["UntagLogGroup", (call) => removeTags(store, call, readName(call.input, "logGroupName"), "tags")],
  ];
}

async function createGroup(store: Store, now: number, { input, region }: Call): Promise<JsonObject> {
  const name = readName(input, "logGroupName");
  const className = optionalText(input, "logGroupClass") ?? "STANDARD";
  if (!CLASSES.includes(className)) throw unmet("logGroupClass", className, `Member must satisfy enum value set: [${CLASSES.join(", ")}]`);
  if (input.kmsKeyId !== undefined)
    throw invalidParameter("The embedded endpoint does not cover log groups that are encrypted with a key.");
  const tags = tagsText(readTags(input));
  await store.write(() => {
    if (store.sql("SELECT 1 FROM logs_groups WHERE region = ? AND name = ?").get(region, name) !== undefined) throw alreadyExists("group");
    store
      .sql("INSERT INTO logs_groups (region, name, class, created, tags) VALUES (?, ?, ?, ?, ?)")
      .run(region, name, className, now, tags);
  });
  return {};
}

/** Groups that a caller did not ask for must not be taken for those it did. */
function refuseUncoveredFilters(input: JsonObject): void {
  for (const name of ["logGroupIdentifiers", "logGroupClass"]) {
    if (input[name] !== undefined && input[name] !== null) {
      throw invalidParameter(`The embedded endpoint does not cover ${name} of DescribeLogGroups.`);
    }
  }
}

async function describeGroups(store: Store, { input, region }: Call): Promise<JsonObject> {
  const prefix = optionalText(input, "logGroupNamePrefix");
  const pattern = optionalText(input, "logGroupNamePattern");
  if (prefix !== undefined && pattern !== undefined) {
    throw invalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  refuseUncoveredFilters(input);
  const limit = optionalInteger(input, "limit", 1, 50) ?? 50;
  const after = readToken(input) ?? "";
  const rows = await store.read(() => {
    const sql =
      "SELECT * FROM logs_groups WHERE region = ? AND name > ? AND substr(name, 1, ?) = ? AND instr(lower(name), lower(?)) > 0 ORDER BY name LIMIT ?";
    return store.sql(sql).all(region, after, prefix?.length ?? 0, prefix ?? "", pattern ?? "", limit + 1) as unknown[] as GroupRow[];
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { logGroups: page.map(describe), ...(rows.length > limit && last !== undefined ? { nextToken: writeToken(last.name) } : {}) };
}

function describe(group: GroupRow): JsonObject {
  return {
    logGroupName: group.name,
    creationTime: group.created,
    ...(group.retention === null ? {} : { retentionInDays: group.retention }),
    metricFilterCount: 0,
    arn: `${groupArn(group)}:*`,
    storedBytes: group.bytes,
    logGroupClass: group.class,
    logGroupArn: groupArn(group),
    deletionProtectionEnabled: false,
  };
}

async function deleteGroup(store: Store, { input, region }: Call): Promise<JsonObject> {
  const name = readName(input, "logGroupName");
  await store.write(() => {
    const { id } = findGroup(store, region, name);
    store.sql("DELETE FROM logs_events WHERE log_group = ?").run(id);
    store.sql("DELETE FROM logs_streams WHERE log_group = ?").run(id);
    store.sql("DELETE FROM logs_groups WHERE id = ?").run(id);
  });
  return {};
}

function readRetention(input: JsonObject): number {
  const days = optionalInteger(input, "retentionInDays", 1, 3653);
  if (days === undefined) throw unmet("retentionInDays", undefined, "Member must not be null");
  if (!RETENTIONS.includes(days))
    throw invalidParameter(
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTIONS.join(", ")}]`,
    );
  return days;
}

async function setRetention(store: Store, { input, region }: Call, days: number | null): Promise<JsonObject> {
  const name = readName(input, "logGroupName");
  await store.write(() => {
    store.sql("UPDATE logs_groups SET retention = ? WHERE id = ?").run(days, findGroup(store, region, name).id);
  });
  return {};
}

function resourceName(input: JsonObject): string {
  return groupOfArn(requiredText(input, "resourceArn"));
}

async function listTags(store: Store, { region }: Call, name: string): Promise<JsonObject> {
  const group = await store.read(() => findGroup(store, region, name));
  return { tags: Object.fromEntries(parseTags(group.tags)) };
}

async function addTags(store: Store, { input, region }: Call, name: string): Promise<JsonObject> {
  const added = readTags(input);
  await changeTags(store, region, name, (tags) => new Map([...tags, ...added]));
  return {};
}

async function removeTags(store: Store, { input, region }: Call, name: string, member: string): Promise<JsonObject> {
  const gone = new Set(optionalTexts(input, member));
  await changeTags(store, region, name, (tags) => new Map([...tags].filter(([key]) => !gone.has(key))));
  return {};
}

async function changeTags(
  store: Store,
  region: string,
  name: string,
  change: (tags: Map<string, string>) => Map<string, string>,
): Promise<void> {
  await store.write(() => {
    const group = findGroup(store, region, name);
    store.sql("UPDATE logs_groups SET tags = ? WHERE id = ?").run(tagsText(change(parseTags(group.tags))), group.id);
  });
}

/** Kept as pairs, so that no key can be mistaken for something every object has. */
function tagsText(tags: ReadonlyMap<string, string>): string {
  if (tags.size > TAGS_MAX) throw new AwsError("TooManyTagsException", `A resource can have no more than ${TAGS_MAX} tags.`);
  return JSON.stringify([...tags]);
}

function parseTags(text: string): Map<string, string> {
  const pairs: unknown = JSON.parse(text);
  if (!Array.isArray(pairs)) throw new Error("stored tags are not a list");
  return new Map(pairs.filter(Array.isArray).map(([key, value]) => [String(key), String(value)]));
}
