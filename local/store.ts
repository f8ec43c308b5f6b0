import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { type Flushable, Flusher, openLog } from "./flusher.ts";
import { GroupCommitStore } from "./group-commit.ts";
import { MIGRATIONS } from "./migrations.ts";

/**
 * The one SQLite file behind every service, and its group commit.
 *
 * Where many callers are at work (`crowd.ts`), all that arrives in one turn of the event loop shares a transaction: the first
 * `write` begins it, the end of the turn commits it, and only then do the waiting callers get their answers. So a disk flush is
 * paid once a turn, not once a call. A lone caller's work is committed as soon as its call has been worked off. Either way no
 * answer leaves before what it says is on disk.
 *
 * SQLite's own synchronous=FULL flushes the write-ahead log inside every commit, and all calls stand still meanwhile. Here
 * the commit runs with NORMAL and the log is flushed right after it, on another thread where the disk is slow: the same disk
 * writes in the same order, while the next groups are already at work. A flush covers all groups committed before it began.
 *
 * Guarantees:
 * 1. `write` resolves only after the commit that holds its work, and its log frames are flushed to disk.
 * 2. Work that throws leaves nothing behind; the others of its group are untouched (a savepoint each but for the first).
 * 3. A commit that fails (a full disk) rejects every call of its group and keeps none of it; later calls try anew.
 * 4. No answer, of a read neither, leaves before all it could have seen of flushed work is on disk, but for a `committed` write's
 *    that was made last in its group: a message that a waiting poll is given. Its sender has no answer yet, and whatever is made
 *    of the message here reaches the disk after it, in the order of the log; so a loss of power takes back both or the later one.
 */
export interface Store {
  /** A prepared statement, made once per text. */
  sql(text: string): StatementSync;
  /** All rows of a query. Who names the row's type answers for it: the tables are STRICT, so a column holds what it declares. */
  all<Row>(text: string, ...values: SQLInputValue[]): Row[];
  /** The query's first row, if any. */
  get<Row>(text: string, ...values: SQLInputValue[]): Row | undefined;
  /** Runs `work` at once inside the current group and resolves with its result when the group is committed. */
  write<T>(work: () => T, kind?: WriteKind): Promise<T>;
  /** Runs `work` at once; resolves when all it could have seen is committed. */
  read<T>(work: () => T): Promise<T>;
  /** Runs `work` inside the write that is under way: for services called by services (a workflow that sends a message). */
  within<T>(work: () => T): T;
  /**
   * Runs `act` as the last of the group that is open, inside its transaction: for who waits for what the group brings, and
   * would otherwise need a commit of its own.
   */
  beforeCommit(act: () => void): void;
  /** Called after the commit of the group that is open, never inside the transaction. */
  afterCommit(wake: () => void): void;
  /** Called when rows that were written have been taken back: caches over rows must be dropped. */
  onRollback(drop: () => void): void;
  /** Brings the log's pages into the file and cuts both to what they hold: room that was given back is the disk's only then. */
  checkpoint(): void;
  close(): void;
}

/**
 * `flushed` survives loss of power. `committed` survives the death of the process only: for what may be repeated anyway,
 * as the hiding of a received message, which after a power loss is merely delivered again.
 */
export type WriteKind = "flushed" | "committed";

/** The version of the tables; a newer file is refused, an older one is migrated step by step. */
export const SCHEMA_VERSION = 2;

const PRAGMAS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -49152;
  PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA journal_size_limit = 67108864;
`;

export function openStore(file: string, schema: readonly string[], openFlushable: (log: string) => Flushable = openLog): Store {
  const db = new DatabaseSync(file);
  try {
    db.exec(PRAGMAS);
    prepareSchema(db, schema);
    return new GroupCommitStore(db, new Flusher(openFlushable(`${file}-wal`)));
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepareSchema(db: DatabaseSync, schema: readonly string[]): void {
  const row = db.prepare("PRAGMA user_version").get() as { user_version: number };
  if (row.user_version > SCHEMA_VERSION) {
    throw new Error(
      `The data file was written by a newer Milepost (format ${row.user_version}, this one reads up to ${SCHEMA_VERSION}). Use that version, or another directory with --data.`,
    );
  }
  db.exec("BEGIN IMMEDIATE");
  // A new file has the number 0, and nothing in it to migrate.
  for (let format = row.user_version; format > 0 && format < SCHEMA_VERSION; format++) {
    for (const statement of MIGRATIONS.get(format) ?? []) db.exec(statement);
  }
  for (const statement of schema) db.exec(statement);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  db.exec("COMMIT");
}
