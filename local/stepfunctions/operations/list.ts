import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { ExecutionRow } from "../execution-row.ts";
import type { Parts } from "../parts.ts";
import { epochSeconds } from "../time.ts";
import { invalid, optionalChoice, optionalInteger, optionalString, pageToken, readPageToken } from "../validation.ts";
import { IDENTIFYING, identified } from "./describe.ts";

const STATUSES = ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"];
const LISTED = [...IDENTIFYING, "id", "redrive_count", "redriven_at"] as const;
const COLUMNS = LISTED.join(", ");
const PAGE = 100;
const PAGE_MAX = 1000;

type ListedRow = Pick<ExecutionRow, (typeof LISTED)[number]>;

/** ListExecutions: the newest first. */
export function listExecutions(parts: Parts, input: JsonObject): JsonObject {
  const status = optionalChoice(input, "statusFilter", STATUSES);
  const redrive = optionalChoice(input, "redriveFilter", ["REDRIVEN", "NOT_REDRIVEN"]);
  const limit = optionalInteger(input, "maxResults", 0, PAGE_MAX) || PAGE;
  const machine = machineOf(parts, input);
  const before = startBefore(input);
  const rows = parts.store.all<ListedRow>(queryFor(machine.column, status, redrive), machine.arn, before, limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    executions: page.map(listed),
    ...(rows.length > limit && last !== undefined ? { nextToken: pageToken({ before: last.id }) } : {}),
  };
}

interface Machine {
  column: "machine_arn" | "version_arn" | "alias_arn";
  arn: string;
}

function machineOf(parts: Parts, input: JsonObject): Machine {
  const arn = optionalString(input, "stateMachineArn", 256);
  if (optionalString(input, "mapRunArn") !== undefined) {
    throw new AwsError("ResourceNotFound", "The embedded endpoint does not cover Map Runs, which only a distributed Map has.");
  }
  if (arn === undefined) throw invalid("Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null");
  const { machineArn, versionArn, aliasArn } = parts.machines.resolve(arn);
  if (aliasArn !== undefined) return { column: "alias_arn", arn: aliasArn };
  if (versionArn !== undefined && versionArn === arn) return { column: "version_arn", arn: versionArn };
  return { column: "machine_arn", arn: machineArn };
}

function startBefore(input: JsonObject): number {
  const token = readPageToken(input);
  if (token === undefined) return Number.MAX_SAFE_INTEGER;
  if (typeof token.before === "number") return token.before;
  throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
}

/**
 * The query for a page's rows: ?1 is the ARN, ?2 the number that theirs are below, ?3 how many. A machine's executions have one
 * index, by status: the newest of each status are found there, and of those the newest.
 */
export function queryFor(column: Machine["column"], status: string | undefined, redrive: string | undefined): string {
  const redriven = { REDRIVEN: "AND redrive_count > 0", NOT_REDRIVEN: "AND redrive_count = 0" }[redrive ?? ""] ?? "";
  const newest = (condition: string) =>
    `SELECT ${COLUMNS} FROM sfn_executions WHERE ${column} = ?1 AND id < ?2 ${condition} ${redriven} ORDER BY id DESC LIMIT 0 + ?3`;
  const newestOf = (one: string) => newest(`AND status = '${one}'`);
  if (status !== undefined) return newestOf(status);
  if (column !== "machine_arn" || redrive === "REDRIVEN") return newest("");
  return `${STATUSES.map((one) => `SELECT * FROM (${newestOf(one)})`).join(" UNION ALL ")} ORDER BY id DESC LIMIT 0 + ?3`;
}

function listed(row: ListedRow): JsonObject {
  return {
    ...identified(row),
    redriveCount: row.redrive_count,
    ...(row.redriven_at === null ? {} : { redriveDate: epochSeconds(row.redriven_at) }),
  };
}
