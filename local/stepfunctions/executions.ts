import { RecentlyUsed } from "../recently-used.ts";
import type { Store } from "../store.ts";
import { type Definitions, type ExecutionRow, executionOf, freshExecution, type NewExecution } from "./execution-row.ts";
import { type Execution, type HistoryEvent, type Outcome, ROOT, type Timers } from "./interpreter/execution.ts";
import { eventKey, eventRange, threadKey, threadRange } from "./schema.ts";
import { type StoredThread, storedThread, type Unstored } from "./unstored.ts";

/** How many executions are kept ready in memory; all others are read from their rows when something happens to them. */
const READY_MAX = 512;

const INSERT = `INSERT INTO sfn_executions
  (id, arn, name, machine_arn, version_arn, alias_arn, definition_id, status, started_at, input, trace_header, starter_id, starter_thread,
   last_event, next_thread, due, root)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const END = `UPDATE sfn_executions
  SET status = ?, stopped_at = ?, output = ?, error = ?, cause = ?, last_event = ?, next_thread = ?, due = NULL, root = ? WHERE id = ?`;

/** Executions as rows: read, stored step by step, and ended. Nothing here decides anything. */
export class Executions {
  readonly #store: Store;
  readonly #definitions: Definitions;
  readonly #ready = new RecentlyUsed<number, Execution>(READY_MAX);
  /** The newest number given out; one whose execution was taken back again is not given out twice. */
  #lastId: number | undefined;

  constructor(store: Store, definitions: Definitions) {
    this.#store = store;
    this.#definitions = definitions;
    store.onRollback(() => this.#ready.clear());
  }

  /** A new execution and its number. Its row is written with its first step. */
  create(created: NewExecution, timers: Timers): { id: number; execution: Execution } {
    this.#lastId ??= Number(this.#store.sql("SELECT max(id) AS id FROM sfn_executions").get()?.id ?? 0);
    const id = ++this.#lastId;
    return { id, execution: this.#keep(id, freshExecution(created, timers, this.#definitions)) };
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
    const others = this.#store.sql("SELECT data FROM sfn_threads WHERE key >= ? AND key < ?").all(...threadRange(id));
    const threads = others.map(({ data }) => String(data));
    return this.#keep(id, executionOf(row, threads, this.#definitions));
  }

  #keep(id: number, execution: Execution): Execution {
    this.#ready.set(id, execution);
    return execution;
  }

  forget(id: number): void {
    this.#ready.delete(id);
  }

  /** Tells when the first timer of what was stored rings, if any does. */
  store(id: number, execution: Execution, unstored: Unstored): number | undefined {
    const { created, changed, events } = unstored;
    const root = created !== undefined || changed.has(ROOT) ? storedThread(execution, ROOT) : undefined;
    if (created !== undefined) this.#insert(id, created, execution, root);
    else if (root !== undefined) this.#update(id, execution, root);
    else if (changed.size + events.length > 0) {
      const text = "UPDATE sfn_executions SET last_event = ?, next_thread = ? WHERE id = ?";
      this.#store.sql(text).run(execution.lastEvent, execution.nextThread, id);
    }
    const due = [root?.due ?? null, ...this.#storeOthers(id, execution, unstored)].filter((moment) => moment !== null);
    this.#storeEvents(id, events);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  #insert(id: number, created: NewExecution, execution: Execution, root: StoredThread | undefined): void {
    this.#store
      .sql(INSERT)
      .run(
        id,
        created.arn,
        created.name,
        created.machineArn,
        created.versionArn ?? null,
        created.aliasArn ?? null,
        created.definitionId,
        created.startedAt,
        created.input,
        created.traceHeader ?? null,
        created.starter?.execution ?? null,
        created.starter?.thread ?? null,
        execution.lastEvent,
        execution.nextThread,
        root?.due ?? null,
        root?.data ?? null,
      );
  }

  #update(id: number, execution: Execution, root: StoredThread): void {
    this.#store
      .sql("UPDATE sfn_executions SET last_event = ?, next_thread = ?, due = ?, root = ? WHERE id = ?")
      .run(execution.lastEvent, execution.nextThread, root.due, root.data, id);
  }

  /** All threads but the first; gives their first timers. */
  #storeOthers(id: number, execution: Execution, { changed, removed }: Unstored): (number | null)[] {
    for (const thread of removed) this.#store.sql("DELETE FROM sfn_threads WHERE key = ?").run(threadKey(id, thread));
    return [...changed]
      .filter((thread) => thread !== ROOT)
      .map((thread) => {
        const { data, due } = storedThread(execution, thread);
        this.#store
          .sql(
            "INSERT INTO sfn_threads (key, due, data) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET due = excluded.due, data = excluded.data",
          )
          .run(threadKey(id, thread), due, data);
        return due;
      });
  }

  #storeEvents(id: number, events: readonly HistoryEvent[]): void {
    const first = events[0]?.id;
    const last = events.at(-1)?.id;
    if (first === undefined || last === undefined) return;
    this.#store.sql("INSERT INTO sfn_history (key, last, events) VALUES (?, ?, ?)").run(eventKey(id, first), last, JSON.stringify(events));
  }

  /** Stores the last steps and the end. A success needs its threads no more; a failure keeps them for a redrive. */
  end(id: number, execution: Execution, unstored: Unstored, outcome: Outcome, at: number): void {
    const succeeded = outcome.status === "SUCCEEDED";
    const output = succeeded ? outcome.output : null;
    const failure = succeeded ? undefined : outcome.failure;
    const root = succeeded ? null : storedThread(execution, ROOT).data;
    if (unstored.created !== undefined) this.#insert(id, unstored.created, execution, undefined);
    if (!succeeded) this.#storeOthers(id, execution, unstored);
    else if (execution.nextThread > 1) this.#store.sql("DELETE FROM sfn_threads WHERE key >= ? AND key < ?").run(...threadRange(id));
    this.#storeEvents(id, unstored.events);
    this.#store
      .sql(END)
      .run(outcome.status, at, output, failure?.error ?? null, failure?.cause ?? null, execution.lastEvent, execution.nextThread, root, id);
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
