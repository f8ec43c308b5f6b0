import type { Json, JsonObject } from "../../json.ts";
import type { ExecutionRow } from "../execution-row.ts";
import { redriveRefusal } from "../operations/start.ts";

/** An execution that a `.sync` task waited for, as that task's output or its failure's cause tells it. */
export function describeStarted(row: ExecutionRow, parsed: boolean): string {
  const text = (value: string | null): Json => (value === null ? null : parsed ? (JSON.parse(value) as Json) : value);
  const described: JsonObject = {
    ...(row.cause === null ? {} : { Cause: row.cause }),
    ...(row.error === null ? {} : { Error: row.error }),
    ExecutionArn: row.arn,
    Input: text(row.input),
    InputDetails: { Included: true },
    Name: row.name,
    ...(row.output === null ? {} : { Output: text(row.output), OutputDetails: { Included: true } }),
    ...redrive(row),
    StartDate: row.started_at,
    StateMachineArn: row.machine_arn,
    Status: row.status,
    ...(row.stopped_at === null ? {} : { StopDate: row.stopped_at }),
  };
  return JSON.stringify(described);
}

/** Whether the execution could be redriven as it ended; that another waited for it has no part in that any more. */
function redrive(row: ExecutionRow): JsonObject {
  const refusal = redriveRefusal({ ...row, starter_id: null }, row.stopped_at ?? row.started_at);
  return {
    RedriveCount: row.redrive_count,
    RedriveStatus: refusal === undefined ? "REDRIVABLE" : "NOT_REDRIVABLE",
    ...(refusal === undefined ? {} : { RedriveStatusReason: refusal }),
  };
}
