import type { Program } from "./asl/program.ts";
import { firstThread } from "./interpreter/advance.ts";
import { type Execution, type Facts, ROOT, type Thread, type Timers } from "./interpreter/execution.ts";

/** An execution's row as the operations show it. */
export interface ExecutionRow {
  id: number;
  arn: string;
  name: string;
  machine_arn: string;
  version_arn: string | null;
  alias_arn: string | null;
  definition_id: number;
  status: string;
  started_at: number;
  stopped_at: number | null;
  input: string;
  output: string | null;
  error: string | null;
  cause: string | null;
  trace_header: string | null;
  redrive_count: number;
  redriven_at: number | null;
  redrive_token: string | null;
  last_event: number;
  next_thread: number;
  starter_id: number | null;
  starter_thread: number | null;
  /** The first thread, which most executions have alone; the others lie in a table of their own. */
  root: string | null;
}

export interface NewExecution {
  arn: string;
  name: string;
  machineArn: string;
  versionArn: string | undefined;
  aliasArn: string | undefined;
  definitionId: number;
  startedAt: number;
  input: string;
  traceHeader: string | undefined;
  starter: { execution: number; thread: number } | undefined;
}

/** What an execution's program is and who it runs as, for those who read it from its row. */
export interface Definitions {
  program(definitionId: number): Program;
  roleOf(definitionId: number): string;
}

/** A new execution, before its first step. */
export function freshExecution(created: NewExecution, timers: Timers, definitions: Definitions): Execution {
  const program = definitions.program(created.definitionId);
  return {
    program,
    facts: {
      executionArn: created.arn,
      name: created.name,
      roleArn: definitions.roleOf(created.definitionId),
      machineArn: created.machineArn,
      machineName: machineName(created.machineArn),
      versionArn: created.versionArn,
      aliasArn: created.aliasArn,
      startedAt: created.startedAt,
      input: created.input,
      redriveCount: 0,
      redrivenAt: undefined,
      isStartedByTask: created.starter !== undefined,
    },
    threads: new Map([[ROOT, { ...firstThread(program.startAt, created.input), timers }]]),
    nextThread: 1,
    lastEvent: 0,
  };
}

/** An execution as its row and those of its other threads have it. One that succeeded has no threads any more. */
export function executionOf(row: ExecutionRow, others: readonly string[], definitions: Definitions): Execution {
  const stored = row.root === null ? others : [row.root, ...others];
  const threads = stored.map((data) => JSON.parse(data) as Thread);
  return {
    program: definitions.program(row.definition_id),
    facts: factsOf(row, definitions),
    threads: new Map(threads.map((thread) => [thread.id, thread])),
    nextThread: row.next_thread,
    lastEvent: row.last_event,
  };
}

function factsOf(row: ExecutionRow, definitions: Definitions): Facts {
  return {
    executionArn: row.arn,
    name: row.name,
    roleArn: definitions.roleOf(row.definition_id),
    machineArn: row.machine_arn,
    machineName: machineName(row.machine_arn),
    versionArn: row.version_arn ?? undefined,
    aliasArn: row.alias_arn ?? undefined,
    startedAt: row.started_at,
    input: row.input,
    redriveCount: row.redrive_count,
    redrivenAt: row.redriven_at ?? undefined,
    isStartedByTask: row.starter_id !== null,
  };
}

function machineName(machineArn: string): string {
  return machineArn.split(":")[6] ?? "";
}
