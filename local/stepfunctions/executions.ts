import { RecentlyUsed } from "../recently-used.ts";
import type { Store } from "../store.ts";
import type { Program } from "./asl/program.ts";
import { firstThread } from "./interpreter/advance.ts";
import { type Execution, type HistoryEvent, type Outcome, ROOT, type Step, type Thread } from "./interpreter/execution.ts";
import { eventKey, eventRange, threadKey, threadRange } from "./schema.ts";

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

/** What steps changed and no row says yet. */
export interface Unstored {
  readonly events: HistoryEvent[];
  readonly changed: Set<number>;
  readonly removed: Set<number>;
}

export function nothingUnstored(): Unstored {
  return { events: [], changed: new Set(), removed: new Set() };
}

export function addStep(unstored: Unstored, step: Step): void {
  unstored.events.push(...step.events);
  for (const thread of step.changed) unstored.changed.add(thread);
  for (const thread of step.removed) {
    unstored.changed.delete(thread);
    unstored.removed.add(thread);
  }
}

/** How many executions are kept ready in memory; all others are read from their rows when something happens to them. */
const READY_MAX = 512;

/** Executions as rows: read, stored step by step, and ended. Nothing here decides anything. */
export class Executions {
  readonly #store: Store;
  readonly #definitions: Definitions;
  readonly #ready = new RecentlyUsed<number, Execution>(READY_MAX);

  constructor(store: Store, definitions: Definitions) {
    this.#store = store;
    this.#definitions = definitions;
    store.onRollback(() => this.#ready.clear());
  }

  insert(execution: NewExecution): number {
    const { lastInsertRowid } = this.#store
      .sql(
        `INSERT INTO sfn_executions (arn, name, machine_arn, version_arn, alias_arn, definition_id, status, started_at, input, trace_header, starter_id, starter_thread)
         VALUES (?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?)`,
      )
      .run(
        execution.arn,
        execution.name,
        execution.machineArn,
        execution.versionArn ?? null,
        execution.aliasArn ?? null,
        execution.definitionId,
        execution.startedAt,
        execution.input,
        execution.traceHeader ?? null,
        execution.starter?.execution ?? null,
        execution.starter?.thread ?? null,
      );
    const id = Number(lastInsertRowid);
    this.keep(id, this.#fresh(execution));
    return id;
  }

  /** A new execution as `load` would read it from its row. */
  #fresh(execution: NewExecution): Execution {
    const program = this.#definitions.program(execution.definitionId);
    return {
      program,
      facts: {
        executionArn: execution.arn,
        name: execution.name,
        roleArn: this.#definitions.roleOf(execution.definitionId),
        machineArn: execution.machineArn,
        machineName: machineName(execution.machineArn),
        versionArn: execution.versionArn,
        aliasArn: execution.aliasArn,
        startedAt: execution.startedAt,
        input: execution.input,
        redriveCount: 0,
        redrivenAt: undefined,
        isStartedByTask: execution.starter !== undefined,
      },
      threads: new Map([[ROOT, firstThread(program.startAt, execution.input)]]),
      nextThread: 1,
      lastEvent: 0,
    };
  }

  byArn(arn: string): ExecutionRow | undefined {
    return this.#store.get<ExecutionRow>("SELECT * FROM sfn_executions WHERE arn = ?", arn);
  }

  byId(id: number): ExecutionRow | undefined {
    return this.#store.get<ExecutionRow>("SELECT * FROM sfn_executions WHERE id = ?", id);
  }

  /** The execution as the interpreter takes it; undefined where there is no such row. */
  load(id: number): Execution | undefined {
    const ready = this.#ready.get(id);
    if (ready !== undefined) return ready;
    const row = this.byId(id);
    if (row === undefined) return undefined;
    return this.keep(id, this.#fromRow(row));
  }

  keep(id: number, execution: Execution): Execution {
    this.#ready.set(id, execution);
    return execution;
  }

  forget(id: number): void {
    this.#ready.delete(id);
  }

  #fromRow(row: ExecutionRow): Execution {
    const program = this.#definitions.program(row.definition_id);
    const threads = row.last_event === 0 ? [firstThread(program.startAt, row.input)] : this.#threads(row.id);
    return {
      program,
      facts: {
        executionArn: row.arn,
        name: row.name,
        roleArn: this.#definitions.roleOf(row.definition_id),
        machineArn: row.machine_arn,
        machineName: machineName(row.machine_arn),
        versionArn: row.version_arn ?? undefined,
        aliasArn: row.alias_arn ?? undefined,
        startedAt: row.started_at,
        input: row.input,
        redriveCount: row.redrive_count,
        redrivenAt: row.redriven_at ?? undefined,
        isStartedByTask: row.starter_id !== null,
      },
      threads: new Map(threads.map((thread) => [thread.id, thread])),
      nextThread: row.next_thread,
      lastEvent: row.last_event,
    };
  }

  #threads(id: number): Thread[] {
    const rows = this.#store.sql("SELECT data FROM sfn_threads WHERE key >= ? AND key < ?").all(...threadRange(id));
    return rows.map((thread) => JSON.parse(String(thread.data)) as Thread);
  }

  store(id: number, execution: Execution, unstored: Unstored): void {
    this.#storeRows(id, execution, unstored);
    if (unstored.events.length === 0 && unstored.changed.size === 0) return;
    this.#store
      .sql("UPDATE sfn_executions SET last_event = ?, next_thread = ? WHERE id = ?")
      .run(execution.lastEvent, execution.nextThread, id);
  }

  #storeRows(id: number, execution: Execution, unstored: Unstored): void {
    for (const thread of unstored.removed) this.#store.sql("DELETE FROM sfn_threads WHERE key = ?").run(threadKey(id, thread));
    for (const thread of unstored.changed) {
      const data = JSON.stringify(execution.threads.get(thread));
      this.#store
        .sql("INSERT INTO sfn_threads (key, data) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET data = excluded.data")
        .run(threadKey(id, thread), data);
    }
    const first = unstored.events[0]?.id;
    const last = unstored.events.at(-1)?.id;
    if (first === undefined || last === undefined) return;
    this.#store
      .sql("INSERT INTO sfn_history (key, last, events) VALUES (?, ?, ?)")
      .run(eventKey(id, first), last, JSON.stringify(unstored.events));
  }

  /** Stores the last steps and the end. A success needs its threads no more; a failure keeps them for a redrive. */
  end(id: number, execution: Execution, unstored: Unstored, outcome: Outcome, at: number): void {
    const succeeded = outcome.status === "SUCCEEDED";
    if (succeeded) unstored.changed.clear();
    this.#storeRows(id, execution, unstored);
    const output = succeeded ? outcome.output : null;
    const failure = succeeded ? undefined : outcome.failure;
    this.#store
      .sql(
        `UPDATE sfn_executions SET status = ?, stopped_at = ?, output = ?, error = ?, cause = ?, last_event = ?, next_thread = ?
         WHERE id = ?`,
      )
      .run(outcome.status, at, output, failure?.error ?? null, failure?.cause ?? null, execution.lastEvent, execution.nextThread, id);
    if (succeeded) this.#store.sql("DELETE FROM sfn_threads WHERE key >= ? AND key < ?").run(...threadRange(id));
    this.#ready.delete(id);
  }

  reopen(id: number, at: number, token: string | undefined): void {
    this.#store
      .sql(
        `UPDATE sfn_executions SET status = 'RUNNING', stopped_at = NULL, output = NULL, error = NULL, cause = NULL,
         redrive_count = redrive_count + 1, redriven_at = ?, redrive_token = ? WHERE id = ?`,
      )
      .run(at, token ?? null, id);
    this.#ready.delete(id);
  }

  /** Events with ids from `from` to `to`, both included, in order. */
  history(id: number, from: number, to: number): HistoryEvent[] {
    const [least, most] = eventRange(id);
    const rows = this.#store
      .sql("SELECT events FROM sfn_history WHERE key >= ? AND key < ? AND last >= ? AND key <= ? ORDER BY key")
      .all(least, most, from, eventKey(id, to));
    const events = rows.flatMap((row) => JSON.parse(String(row.events)) as HistoryEvent[]);
    return events.filter((event) => event.id >= from && event.id <= to);
  }

  /** Has a task told of the end of an execution that was running before it. */
  tellEndTo(id: number, starter: { execution: number; thread: number }): void {
    this.#store.sql("UPDATE sfn_executions SET starter_id = ?, starter_thread = ? WHERE id = ?").run(starter.execution, starter.thread, id);
    this.forget(id);
  }

  /** Asked at each end of an execution of a machine that is to be deleted, so none is counted. */
  isAnyRunning(machineArn: string): boolean {
    const text = "SELECT 1 FROM sfn_executions WHERE machine_arn = ? AND status = 'RUNNING' LIMIT 1";
    return this.#store.sql(text).get(machineArn) !== undefined;
  }

  startedBy(execution: number, thread: number): ExecutionRow | undefined {
    const text = "SELECT * FROM sfn_executions WHERE starter_id = ? AND starter_thread = ? AND status = 'RUNNING'";
    return this.#store.get<ExecutionRow>(text, execution, thread);
  }
}

function machineName(machineArn: string): string {
  return machineArn.split(":")[6] ?? "";
}
