import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { Crowd } from "./crowd.ts";
import { storageFailed } from "./errors.ts";
import type { Flusher } from "./flusher.ts";
import type { Store, WriteKind } from "./store.ts";

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** How the store does what `store.ts` says of it. */
export class GroupCommitStore implements Store {
  readonly #db: DatabaseSync;
  /** Brings the write-ahead log to the disk. */
  readonly #flusher: Flusher;
  readonly #crowd = new Crowd();
  readonly #commitOpen = () => this.#commit();
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
    return this.#answerable(result, kind);
  }

  read<T>(work: () => T): Promise<T> {
    let result: T;
    try {
      result = work();
    } catch (error) {
      return this.#failed(error);
    }
    return this.#answerable(result);
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
    if (this.#crowd.isThere) setImmediate(this.#commitOpen);
    else process.nextTick(this.#commitOpen);
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
    return this.#answerable(undefined).then(() => Promise.reject(error));
  }

  /** Resolves with the answer when it may leave: what it could have seen is committed, and on disk where that is owed. */
  #answerable<T>(answer: T, kind: WriteKind = "flushed"): Promise<T> {
    if (this.#open) {
      const waiters = this.#isEnding && kind === "committed" ? this.#firstServed : this.#waiters;
      return new Promise((resolve, reject) => waiters.push({ resolve: () => resolve(answer), reject }));
    }
    if (this.#flusher.isEven) return Promise.resolve(answer);
    return new Promise((resolve) => this.#flusher.whenEven(() => resolve(answer)));
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
    this.#crowd.groupCommitted(this.#waiters.length + this.#firstServed.length);
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
