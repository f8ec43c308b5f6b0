import { Alarm } from "../alarm.ts";
import { logged } from "../errors.ts";
import type { Store } from "../store.ts";
import { eventRange, threadRange } from "./schema.ts";

const DAY_MS = 24 * 3600 * 1000;

/** How many executions are removed in one commit, how many pages are given back to the disk, and how long the next batch waits. */
const EXECUTIONS_PER_COMMIT = 200;
const PAGES_PER_COMMIT = 2_000;
const NEXT_BATCH_MS = 20;
const NEXT_ROUND_MS = 10 * 60 * 1000;

/** Removes executions that ended longer ago than they are kept, in small batches between the other calls, and shrinks the file. */
export class Retention {
  readonly #store: Store;
  readonly #keepMs: number;
  readonly #now: () => number;
  readonly #alarm: Alarm;
  #stopped = false;

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
    const removed = await this.#store.write(() => this.#removeBatch(), "committed");
    const freed = await this.#store.write(() => this.#giveBack(), "committed");
    if (freed === "all") this.#store.checkpoint();
    return removed > 0 || freed === "some";
  }

  #removeBatch(): number {
    const rows = this.#store
      .sql("SELECT id FROM sfn_executions WHERE stopped_at < ? ORDER BY stopped_at LIMIT ?")
      .all(this.#now() - this.#keepMs, EXECUTIONS_PER_COMMIT);
    for (const row of rows) this.#remove(Number(row.id));
    return rows.length;
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
