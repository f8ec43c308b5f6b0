import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { storageFailed } from "./errors.ts";
import { type Flushable, Flusher, openLog } from "./flusher.ts";

/**
 * The one SQLite file behind every service, and its group commit.
 *
 * All work that arrives in one turn of the event loop shares a transaction: the first `write` begins it, the end of the
 * turn commits it, and only then do the waiting callers get their answers. So a disk flush is paid once a turn, not once
 * a call, and no answer leaves before what it says is on disk.
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

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** The version of the tables; a newer file is refused, an older one is migrated step by step. */
export const SCHEMA_VERSION = 1;

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
  for (const statement of schema) db.exec(statement);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  db.exec("COMMIT");
}

class GroupCommitStore implements Store {
  readonly #db: DatabaseSync;
  /** Brings the write-ahead log to the disk. */
  readonly #flusher: Flusher;
  readonly #statements = new Map<string, StatementSync>();
  readonly #drops: (() => void)[] = [];
  /** The group that is open: its callers, and what it will wake. */
  #open = false;
  #waiters: Waiter[] = [];
  /** Those that came with what is done last and may be repeated: they waited for what the group brings, and others wait for them. */
  #firstServed: Waiter[] = [];
  #isEnding = false;
  #lastActs: (() => void)[] = [];
  #wakes: (() => void)[] = [];
  #needsFlush = false;
  #depth = 0;
  /** How many statements were asked for that may write: who asked for none has left nothing in anyone's cache. */
  #writesAsked = 0;

  constructor(db: DatabaseSync, flusher: Flusher) {
    this.#db = db;
    this.#flusher = flusher;
  }

  sql(text: string): StatementSync {
    if (!text.startsWith("SELECT")) this.#writesAsked++;
    return this.#statement(text);
  }

  #statement(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  all<Row>(text: string, ...values: SQLInputValue[]): Row[] {
    return this.sql(text).all(...values) as Row[];
  }

  get<Row>(text: string, ...values: SQLInputValue[]): Row | undefined {
    return this.sql(text).get(...values) as Row | undefined;
  }

  write<T>(work: () => T, kind: WriteKind = "flushed"): Promise<T> {
    let result: T;
    try {
      result = this.#begin() ? this.#asFirst(work) : this.#inSavepoint(work);
    } catch (error) {
      return this.#failed(error);
    }
    if (kind === "flushed") this.#needsFlush = true;
    return this.#answerable(kind).then(() => result);
  }

  read<T>(work: () => T): Promise<T> {
    let result: T;
    try {
      result = work();
    } catch (error) {
      return this.#failed(error);
    }
    return this.#answerable().then(() => result);
  }

  within<T>(work: () => T): T {
    if (this.#depth === 0) throw new Error("within() was called outside a write");
    return this.#inSavepoint(work);
  }

  beforeCommit(act: () => void): void {
    if (!this.#open) throw new Error("beforeCommit() was called outside a write");
    this.#lastActs.push(act);
  }

  afterCommit(wake: () => void): void {
    if (this.#open) this.#wakes.push(wake);
    else setImmediate(wake);
  }

  onRollback(drop: () => void): void {
    this.#drops.push(drop);
  }

  checkpoint(): void {
    if (this.#depth > 0) throw new Error("checkpoint() was called inside a write");
    this.#commit();
    this.sql("PRAGMA wal_checkpoint(TRUNCATE)").get();
  }

  close(): void {
    this.#commit();
    this.#flusher.close();
    this.#db.close();
  }

  /** Whether it was this call that began the group. */
  #begin(): boolean {
    if (this.#open) return false;
    this.#statement("BEGIN IMMEDIATE").run();
    this.#open = true;
    setImmediate(() => this.#commit());
    return true;
  }

  /** The first work of a group has the transaction for itself, so that where it throws the whole of it is taken back. */
  #asFirst<T>(work: () => T): T {
    const writesBefore = this.#writesAsked;
    this.#depth++;
    try {
      return work();
    } catch (error) {
      // Who is woken with the commit is told no more, and has to forget that as well.
      const changed = this.#writesAsked !== writesBefore || this.#lastActs.length + this.#wakes.length > 0;
      if (this.#db.isTransaction) this.#statement("ROLLBACK").run();
      const nested = [...this.#firstServed, ...this.#waiters];
      this.#endGroup();
      for (const { reject } of nested) reject(error);
      if (changed) this.#dropCaches();
      throw error;
    } finally {
      this.#depth--;
    }
  }

  #inSavepoint<T>(work: () => T): T {
    const name = `s${this.#depth}`;
    const writesBefore = this.#writesAsked;
    this.#statement(`SAVEPOINT ${name}`).run();
    this.#depth++;
    try {
      const result = work();
      this.#statement(`RELEASE ${name}`).run();
      return result;
    } catch (error) {
      // A full disk may already have made SQLite take the whole transaction back; then there is no savepoint to return to.
      if (this.#db.isTransaction) {
        const changed = this.#writesAsked !== writesBefore;
        this.#statement(`ROLLBACK TO ${name}`).run();
        this.#statement(`RELEASE ${name}`).run();
        if (changed) this.#dropCaches();
      }
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** Not after a call that was refused before it wrote anything, as a failed condition is: that costs no one their caches. */
  #dropCaches(): void {
    for (const drop of this.#drops) drop();
  }

  /** An error of the service's own is the caller's alone; one of the file takes the whole group back. */
  #failed<T>(error: unknown): Promise<T> {
    if (isStorageError(error)) {
      this.#rollBack(error);
      return Promise.reject(storageFailed(error));
    }
    return this.#answerable().then(() => Promise.reject(error));
  }

  /** Resolves when an answer may leave: what it could have seen is committed, and on disk where that is owed. */
  #answerable(kind: WriteKind = "flushed"): Promise<void> {
    if (this.#open) {
      const waiters = this.#isEnding && kind === "committed" ? this.#firstServed : this.#waiters;
      return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
    }
    if (this.#flusher.isEven) return Promise.resolve();
    return new Promise((resolve) => this.#flusher.whenEven(resolve));
  }

  #commit(): void {
    if (!this.#open) return;
    try {
      this.#isEnding = true;
      for (let act = this.#lastActs.shift(); act !== undefined; act = this.#lastActs.shift()) act();
      // An act that met a full disk has taken the group back already.
      if (!this.#open) return;
      this.#statement("COMMIT").run();
    } catch (error) {
      this.#rollBack(error);
      return;
    }
    this.#flusher.groupCommitted(this.#needsFlush);
    const waiters = this.#waiters;
    const firstServed = this.#firstServed;
    const wakes = this.#wakes;
    this.#endGroup();
    for (const { resolve } of waiters) this.#flusher.whenEven(resolve);
    for (const { resolve } of firstServed) resolve();
    // Their answers leave before the flush, which is over by the time that somebody has read them.
    if (firstServed.length > 0) setImmediate(() => this.#flusher.flush());
    else this.#flusher.flush();
    for (const wake of wakes) wake();
  }

  #rollBack(error: unknown): void {
    if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    const waiters = [...this.#firstServed, ...this.#waiters];
    this.#endGroup();
    this.#dropCaches();
    for (const waiter of waiters) waiter.reject(storageFailed(error));
  }

  #endGroup(): void {
    this.#open = false;
    this.#isEnding = false;
    this.#needsFlush = false;
    this.#waiters = [];
    this.#firstServed = [];
    this.#lastActs = [];
    this.#wakes = [];
  }
}

/** SQLite's result codes for a file that cannot be written or read: IOERR 10, CORRUPT 11, FULL 13, CANTOPEN 14, and READONLY 8. */
const STORAGE_ERRORS = new Set([8, 10, 11, 13, 14]);

function isStorageError(error: unknown): boolean {
  if (!(error instanceof Error) || !("errcode" in error)) return false;
  return typeof error.errcode === "number" && STORAGE_ERRORS.has(error.errcode & 0xff);
}
