import { Alarm } from "../alarm.ts";
import { logged } from "../errors.ts";
import type { Store } from "../store.ts";
import { eventRange, threadRange } from "./schema.ts";

const DAY_MS = 24 * 3600 * 1000;

interface Ages {
  readonly id: number;
  readonly started_at: number;
  readonly stopped_at: number | null;
}

/** How many executions are looked at and removed in one commit, how many pages are given back to the disk, and how long the next batch waits. */
const LOOKED_AT_PER_COMMIT = 2_000;
const EXECUTIONS_PER_COMMIT = 200;
const PAGES_PER_COMMIT = 2_000;
const NEXT_BATCH_MS = 20;
const NEXT_ROUND_MS = 10 * 60 * 1000;

/**
 * Removes executions that ended longer ago than they are kept, in small batches between the other calls, and shrinks the file.
 * What ended before a moment was started before it, and executions are numbered as they are started; so each round goes from the
 * oldest to the first that was started too late, past those that are running still, and no index of the ends is kept.
 */
export class Retention {
  readonly #store: Store;
  readonly #keepMs: number;
  readonly #now: () => number;
  readonly #alarm: Alarm;
  #stopped = false;
  /** The last execution that this round has looked at. */
  #lookedAt = 0;

  constructor(store: Store, keepDays: number, now: () => number) {
    this.#store = store;
    this.#keepMs = keepDays * DAY_MS;
    this.#now = now;
    this.#alarm = new Alarm(() => void this.#round());
  }

  start(): void {
    this.#alarm.at(this.#now() + NEXT_BATCH_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.stop();
  }

  async #round(): Promise<void> {
    try {
      const more = await this.sweep();
      if (!this.#stopped) this.#alarm.at(this.#now() + (more ? NEXT_BATCH_MS : NEXT_ROUND_MS));
    } catch (error) {
      if (this.#stopped) return;
      console.error("Old executions could not be removed; it is tried again later:", logged(error));
      this.#alarm.at(this.#now() + NEXT_ROUND_MS);
    }
  }

  /** One batch; tells whether there is more to do. */
  async sweep(): Promise<boolean> {
    const more = await this.#store.write(() => this.#removeBatch(), "committed");
    const freed = await this.#store.write(() => this.#giveBack(), "committed");
    if (freed === "all") this.#store.checkpoint();
    return more || freed === "some";
  }

  /** Tells whether the round has more executions to look at. */
  #removeBatch(): boolean {
    const before = this.#now() - this.#keepMs;
    const text = "SELECT id, started_at, stopped_at FROM sfn_executions WHERE id > ? ORDER BY id LIMIT 0 + ?";
    const rows = this.#store.all<Ages>(text, this.#lookedAt, LOOKED_AT_PER_COMMIT);
    let removed = 0;
    for (const { id, started_at, stopped_at } of rows) {
      if (started_at >= before) return this.#endRound();
      if (removed === EXECUTIONS_PER_COMMIT) return true;
      this.#lookedAt = id;
      if (stopped_at === null || stopped_at >= before) continue;
      this.#remove(id);
      removed++;
    }
    return rows.length === LOOKED_AT_PER_COMMIT || this.#endRound();
  }

  #endRound(): false {
    this.#lookedAt = 0;
    return false;
  }

  #remove(id: number): void {
    this.#store.sql("DELETE FROM sfn_history WHERE key >= ? AND key < ?").run(...eventRange(id));
    this.#store.sql("DELETE FROM sfn_threads WHERE key >= ? AND key < ?").run(...threadRange(id));
    this.#store.sql("DELETE FROM sfn_executions WHERE id = ?").run(id);
  }

  /** Pages that rows no longer fill go back to the disk; tells how many of those there were. */
  #giveBack(): "none" | "some" | "all" {
    if (this.#freePages() === 0) return "none";
    this.#store.sql(`PRAGMA incremental_vacuum(${PAGES_PER_COMMIT})`).all();
    return this.#freePages() > 0 ? "some" : "all";
  }

  #freePages(): number {
    return Number(this.#store.sql("PRAGMA freelist_count").get()?.freelist_count ?? 0);
  }
}
