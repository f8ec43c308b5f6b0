import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { ExecutionRow } from "../execution-row.ts";
import type { HistoryEvent } from "../interpreter/execution.ts";
import type { Parts } from "../parts.ts";
import { epochSeconds } from "../time.ts";
import { optionalBoolean, optionalChoice, optionalInteger, pageToken, readPageToken } from "../validation.ts";
import { findExecution, redriveRefusal } from "./start.ts";

/** DescribeExecution, GetExecutionHistory and DescribeStateMachineForExecution. */

export function describeExecution(parts: Parts, input: JsonObject): JsonObject {
  const withData = includesData(input);
  const row = findExecution(parts, input);
  const refusal = redriveRefusal(row, parts.now());
  return {
    ...identified(row),
    ...(withData ? { input: row.input } : {}),
    inputDetails: { included: withData },
    ...(row.output === null ? {} : { ...(withData ? { output: row.output } : {}), outputDetails: { included: withData } }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.cause === null ? {} : { cause: row.cause }),
    ...(row.trace_header === null ? {} : { traceHeader: row.trace_header }),
    redriveCount: row.redrive_count,
    ...(row.redriven_at === null ? {} : { redriveDate: epochSeconds(row.redriven_at) }),
    redriveStatus: refusal === undefined ? "REDRIVABLE" : "NOT_REDRIVABLE",
    ...(refusal === undefined ? {} : { redriveStatusReason: refusal }),
  };
}

/** The columns from which one is identified, which hold no data of an execution's. */
export const IDENTIFYING = ["arn", "machine_arn", "version_arn", "alias_arn", "name", "status", "started_at", "stopped_at"] as const;

/** What a description and a list both say of an execution. */
export function identified(row: Pick<ExecutionRow, (typeof IDENTIFYING)[number]>): JsonObject {
  return {
    executionArn: row.arn,
    stateMachineArn: row.machine_arn,
    ...(row.version_arn === null ? {} : { stateMachineVersionArn: row.version_arn }),
    ...(row.alias_arn === null ? {} : { stateMachineAliasArn: row.alias_arn }),
    name: row.name,
    status: row.status,
    startDate: epochSeconds(row.started_at),
    ...(row.stopped_at === null ? {} : { stopDate: epochSeconds(row.stopped_at) }),
  };
}

function includesData(input: JsonObject): boolean {
  return optionalChoice(input, "includedData", ["ALL_DATA", "METADATA_ONLY"]) !== "METADATA_ONLY";
}

export function describeStateMachineForExecution(parts: Parts, input: JsonObject): JsonObject {
  const row = findExecution(parts, input);
  const described = parts.machines.describeForExecution(row.machine_arn, row.definition_id);
  if (!includesData(input)) delete described.definition;
  return described;
}

const HISTORY_PAGE = 100;
const HISTORY_PAGE_MAX = 1000;

export function getExecutionHistory(parts: Parts, input: JsonObject): JsonObject {
  const reverse = optionalBoolean(input, "reverseOrder") ?? false;
  const withData = optionalBoolean(input, "includeExecutionData") ?? true;
  const limit = optionalInteger(input, "maxResults", 0, HISTORY_PAGE_MAX) || HISTORY_PAGE;
  const row = findExecution(parts, input);
  const next = nextEvent(input, row, reverse);
  const [from, to] = reverse ? [Math.max(1, next - limit + 1), next] : [next, Math.min(row.last_event, next + limit - 1)];
  const events = parts.executions.history(row.id, from, to);
  if (reverse) events.reverse();
  const following = reverse ? from - 1 : to + 1;
  const more = reverse ? following >= 1 : following <= row.last_event;
  return {
    events: events.map((event) => shownEvent(event, withData)),
    ...(more ? { nextToken: pageToken({ execution: row.id, reverse, next: following }) } : {}),
  };
}

function nextEvent(input: JsonObject, row: ExecutionRow, reverse: boolean): number {
  const token = readPageToken(input);
  if (token === undefined) return reverse ? row.last_event : 1;
  if (token.execution === row.id && token.reverse === reverse && typeof token.next === "number") return token.next;
  throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
}

function shownEvent(event: HistoryEvent, withData: boolean): JsonObject {
  const shown: JsonObject = { timestamp: epochSeconds(event.at), type: event.type, id: event.id, previousEventId: event.previous };
  if (event.details !== undefined) shown[detailsName(event.type)] = withData ? event.details : withoutData(event.details);
  return shown;
}

/** States entered and left share a member; every other type has its own. */
function detailsName(type: string): string {
  if (type.endsWith("StateEntered")) return "stateEnteredEventDetails";
  if (type.endsWith("StateExited")) return "stateExitedEventDetails";
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

/** What executions are about stays out where only their course is asked for. */
const DATA_MEMBERS = ["input", "inputDetails", "output", "outputDetails", "parameters", "assignedVariables", "assignedVariablesDetails"];

function withoutData(details: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(details).filter(([name]) => !DATA_MEMBERS.includes(name)));
}
