import { randomUUID } from "node:crypto";
import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import { describeJsonProblem } from "../asl/json-problem.ts";
import type { ExecutionRow } from "../execution-row.ts";
import type { Caller } from "../integrations/integrations.ts";
import { HISTORY_EVENTS_MAX, PAYLOAD_BYTES_MAX } from "../interpreter/limits.ts";
import type { Parts } from "../parts.ts";
import { epochSeconds } from "../time.ts";
import { invalid, isJson, optionalString, requiredString } from "../validation.ts";

/** StartExecution, StopExecution and RedriveExecution. */

const NAME_LENGTH_MAX = 80;

/** Characters AWS takes in no name: white space, brackets, wildcards, and what means something in an address or a shell. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among those refused.
const NAME_REFUSED = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/u;

/** How long after its end, and how often, an execution may be redriven. */
const REDRIVE_MS_MAX = 14 * 24 * 3600 * 1000;
const REDRIVE_COUNT_MAX = 1000;

export interface Started {
  arn: string;
  startedAt: number;
}

/** Starts an execution inside the write that is under way, or finds the one that the same call has started before. */
export function startExecution(parts: Parts, input: JsonObject, byTask: boolean, waiter?: Caller): Started {
  const arn = requiredString(input, "stateMachineArn", 256);
  const name = executionName(input);
  const text = executionInput(input);
  const traceHeader = optionalString(input, "traceHeader", 256);
  const machine = parts.machines.resolveToStart(arn);
  const executionArn = `${machine.machineArn.replace(":stateMachine:", ":execution:")}:${name}`;
  const existing = parts.executions.byArn(executionArn);
  if (existing !== undefined) {
    const same = sameExecution(existing, text);
    if (waiter !== undefined) waitFor(parts, existing, waiter);
    return same;
  }
  const startedAt = parts.now();
  parts.engine.startExecution(
    {
      arn: executionArn,
      name,
      machineArn: machine.machineArn,
      versionArn: machine.versionArn,
      aliasArn: machine.aliasArn,
      definitionId: machine.definitionId,
      startedAt,
      input: text,
      traceHeader,
      starter: waiter,
    },
    byTask,
  );
  return { arn: executionArn, startedAt };
}

/** The same name with the same input while it runs is the same call repeated; anything else under that name is a mistake. */
function sameExecution(existing: ExecutionRow, text: string): Started {
  if (existing.status === "RUNNING" && existing.input === text) return { arn: existing.arn, startedAt: existing.started_at };
  throw new AwsError("ExecutionAlreadyExists", `Execution Already Exists: '${existing.arn}'`);
}

/** The end of an execution is told to one task of another; any more, or one of its own, are refused at once: they would wait in vain. */
function waitFor(parts: Parts, existing: ExecutionRow, waiter: Caller): void {
  if (existing.starter_id !== null || existing.id === waiter.execution)
    throw new AwsError("ExecutionAlreadyExists", `Execution Already Exists: '${existing.arn}'`);
  parts.executions.tellEndTo(existing.id, waiter);
}

function executionName(input: JsonObject): string {
  const name = optionalString(input, "name");
  if (name === undefined) return randomUUID();
  if (name.length === 0)
    throw invalid("Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1");
  if (name.length > NAME_LENGTH_MAX) {
    throw invalid(
      `Value '${name.slice(0, 200)}' at 'name' failed to satisfy constraint: Member must have length less than or equal to ${NAME_LENGTH_MAX}`,
    );
  }
  if (NAME_REFUSED.test(name)) throw new AwsError("InvalidName", `Invalid Name: '${name}'`);
  return name;
}

function executionInput(input: JsonObject): string {
  const text = optionalString(input, "input") ?? "{}";
  if (Buffer.byteLength(text) > PAYLOAD_BYTES_MAX) {
    throw invalid(`Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${PAYLOAD_BYTES_MAX}`);
  }
  if (isJson(text)) return text;
  const problem = text.trim() === "" ? "Invalid execution input." : describeJsonProblem(text).message;
  throw new AwsError("InvalidExecutionInput", `Invalid State Machine Execution Input: '${problem}'`);
}

export function stopExecution(parts: Parts, input: JsonObject): JsonObject {
  const row = findExecution(parts, input);
  const error = optionalString(input, "error", 256);
  const cause = optionalString(input, "cause", 32_768);
  // Stopping what has ended answers when it ended, and changes nothing.
  if (row.status === "RUNNING") parts.engine.tell(row.id, { type: "stop", failure: { error, cause } });
  const stopped = mustExist(parts.executions.byId(row.id), row.arn);
  return { stopDate: epochSeconds(stopped.stopped_at ?? parts.now()) };
}

export function redriveExecution(parts: Parts, input: JsonObject): JsonObject {
  const token = optionalString(input, "clientToken", 64);
  const row = findExecution(parts, input);
  // The same call repeated, because its answer got lost, has the same answer.
  if (token !== undefined && token === row.redrive_token && row.redriven_at !== null) return { redriveDate: epochSeconds(row.redriven_at) };
  const refusal = redriveRefusal(row, parts.now());
  if (refusal !== undefined) throw new AwsError("ExecutionNotRedrivable", `Execution is not redrivable: '${refusal}'`);
  const now = parts.now();
  parts.executions.reopen(row.id, now, token);
  parts.engine.tell(row.id, { type: "redrive" });
  return { redriveDate: epochSeconds(now) };
}

/** Why an execution may not be redriven, or undefined where it may. */
export function redriveRefusal(row: ExecutionRow, now: number): string | undefined {
  if (row.status === "RUNNING" || row.status === "SUCCEEDED") return `Execution is ${row.status} and cannot be redriven`;
  if (row.stopped_at !== null && now - row.stopped_at > REDRIVE_MS_MAX) return "The redrivable period of the execution has expired";
  if (row.redrive_count >= REDRIVE_COUNT_MAX) return `The execution has been redriven ${REDRIVE_COUNT_MAX} times`;
  if (row.last_event >= HISTORY_EVENTS_MAX - 1) return "The execution's history has no room for more events";
  if (row.starter_id !== null) return "Execution was started by another execution that waits for it";
  return undefined;
}

export function findExecution(parts: Parts, input: JsonObject): ExecutionRow {
  const arn = requiredString(input, "executionArn", 256);
  if (!arn.startsWith("arn:")) throw new AwsError("InvalidArn", `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  if (!/^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:(execution|express):[^:]+:[^:]+/.test(arn)) {
    throw new AwsError("InvalidArn", `Invalid Arn: 'Resource type not valid in this context: ${arn.split(":")[5] ?? arn}'`);
  }
  return mustExist(parts.executions.byArn(arn), arn);
}

function mustExist(row: ExecutionRow | undefined, arn: string): ExecutionRow {
  if (row === undefined) throw new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
  return row;
}
