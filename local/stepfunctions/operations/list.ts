import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { ExecutionRow } from "../executions.ts";
import type { Parts } from "../parts.ts";
import { epochSeconds } from "../time.ts";
import { invalid, optionalChoice, optionalInteger, optionalString, pageToken, readPageToken } from "../validation.ts";
import { identified } from "./describe.ts";

const STATUSES = ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"];
const PAGE = 100;
const PAGE_MAX = 1000;

/** ListExecutions: the newest first. */
export function listExecutions(parts: Parts, input: JsonObject): JsonObject {
  const status = optionalChoice(input, "statusFilter", STATUSES);
  const redrive = optionalChoice(input, "redriveFilter", ["REDRIVEN", "NOT_REDRIVEN"]);
  const limit = optionalInteger(input, "maxResults", 0, PAGE_MAX) || PAGE;
  const machine = machineOf(parts, input);
  const before = startBefore(input);
  const rows = selectRows(parts, machine, status, redrive, before, limit + 1);
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

function selectRows(
  parts: Parts,
  machine: Machine,
  status: string | undefined,
  redrive: string | undefined,
  before: number,
  limit: number,
): ExecutionRow[] {
  const conditions = [`${machine.column} = ?`, "id < ?"];
  const values: (string | number)[] = [machine.arn, before];
  if (status !== undefined) {
    conditions.push("status = ?");
    values.push(status);
  }
  if (redrive !== undefined) conditions.push(redrive === "REDRIVEN" ? "redrive_count > 0" : "redrive_count = 0");
  const text = `SELECT * FROM sfn_executions WHERE ${conditions.join(" AND ")} ORDER BY id DESC LIMIT ?`;
  return parts.store.all<ExecutionRow>(text, ...values, limit);
}

function listed(row: ExecutionRow): JsonObject {
  return {
    ...identified(row),
    redriveCount: row.redrive_count,
    ...(row.redriven_at === null ? {} : { redriveDate: epochSeconds(row.redriven_at) }),
  };
}
