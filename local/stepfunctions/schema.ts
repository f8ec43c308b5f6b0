/**
 * How executions lie in the data file. Rows of one execution lie side by side: their keys are the execution's number
 * times a power of two plus the thread's or the event's number. The first thread of an execution, which most have alone,
 * lies in the execution's own row (`root`); `due` is the moment of the first of a thread's timers.
 */
export const EXECUTION_SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS sfn_executions (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    machine_arn TEXT NOT NULL,
    version_arn TEXT,
    alias_arn TEXT,
    definition_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    input TEXT NOT NULL,
    output TEXT,
    error TEXT,
    cause TEXT,
    trace_header TEXT,
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redriven_at INTEGER,
    redrive_token TEXT,
    last_event INTEGER NOT NULL DEFAULT 0,
    next_thread INTEGER NOT NULL DEFAULT 1,
    starter_id INTEGER,
    starter_thread INTEGER,
    due INTEGER,
    root TEXT
  ) STRICT`,
  "CREATE INDEX IF NOT EXISTS sfn_executions_by_status ON sfn_executions (machine_arn, status, id)",
  // Few machines have aliases, and few executions are redriven: these indexes cost the others nothing.
  "CREATE INDEX IF NOT EXISTS sfn_executions_of_version ON sfn_executions (version_arn, id) WHERE version_arn IS NOT NULL",
  "CREATE INDEX IF NOT EXISTS sfn_executions_of_alias ON sfn_executions (alias_arn, id) WHERE alias_arn IS NOT NULL",
  "CREATE INDEX IF NOT EXISTS sfn_executions_redriven ON sfn_executions (machine_arn, id) WHERE redrive_count > 0",
  "CREATE INDEX IF NOT EXISTS sfn_executions_due ON sfn_executions (due) WHERE due IS NOT NULL",
  "CREATE INDEX IF NOT EXISTS sfn_executions_started ON sfn_executions (starter_id, starter_thread) WHERE starter_id IS NOT NULL",
  `CREATE TABLE IF NOT EXISTS sfn_threads (key INTEGER PRIMARY KEY, due INTEGER, data TEXT NOT NULL) STRICT`,
  "CREATE INDEX IF NOT EXISTS sfn_threads_due ON sfn_threads (due) WHERE due IS NOT NULL",
  `CREATE TABLE IF NOT EXISTS sfn_history (key INTEGER PRIMARY KEY, last INTEGER NOT NULL, events TEXT NOT NULL) STRICT`,
  "CREATE TABLE IF NOT EXISTS sfn_calls (thread INTEGER PRIMARY KEY, event INTEGER NOT NULL) STRICT",
  "CREATE TABLE IF NOT EXISTS sfn_token_key (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL) STRICT",
];

/** Room for the threads of one execution (a Map has one for each item), and for its events (25,000 at most). */
export const THREADS = 2 ** 20;
const EVENTS = 2 ** 15;

export function threadKey(execution: number, thread: number): number {
  return execution * THREADS + thread;
}

export function ofThreadKey(key: number): { execution: number; thread: number } {
  return { execution: Math.floor(key / THREADS), thread: key % THREADS };
}

/** The keys of all threads of an execution: from the first on, below the second. */
export function threadRange(execution: number): [number, number] {
  return [execution * THREADS, (execution + 1) * THREADS];
}

export function eventKey(execution: number, event: number): number {
  return execution * EVENTS + event;
}

export function eventRange(execution: number): [number, number] {
  return [execution * EVENTS, (execution + 1) * EVENTS];
}
