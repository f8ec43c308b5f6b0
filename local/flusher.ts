import { closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";
import { FEW } from "./crowd.ts";

/** A file that can be flushed to disk at once, or on another thread. */
export interface Flushable {
  flushInPlace(): void;
  flushAside(done: (error: Error | null) => void): void;
  close(): void;
}

/**
 * Where flushes take longer than this on average, the disk counts as slow for a while. For few callers it may take longer: while
 * theirs is flushed there is little else to do, and to hand it to another thread takes longer than they gain.
 */
const QUICK_FLUSH_MS = 0.4;
const QUICK_FOR_FEW_MS = 2;
const SLOW_MS = 1_000;
/**
 * How much the newest flush weighs in the average, and what it counts for at most, as a multiple of a quick one: one slow flush
 * among quick ones changes nothing.
 */
const NEWEST_WEIGHT = 1 / 8;
const COUNTED_MAX = 2.5;

interface FlushWaiter {
  readonly group: number;
  resolve(): void;
}

/**
 * The way of committed groups to the disk. Groups are counted as they are committed; a flush covers all that were committed
 * before it began, and who waits for a group is told when it is covered. On a quick disk the flush is made in place, since
 * handing it to another thread would take longer; on a slow one it is made aside, while the next groups are at work.
 */
export class Flusher {
  readonly #file: Flushable;
  readonly #now: () => number;
  /** The newest group committed, the newest that must reach the disk, and the newest known to be there. */
  #committed = 0;
  #owed = 0;
  #flushed = 0;
  #flushing = false;
  #waiters: FlushWaiter[] = [];
  readonly #forFew = new Pace(QUICK_FOR_FEW_MS);
  readonly #forMany = new Pace(QUICK_FLUSH_MS);

  constructor(file: Flushable, now: () => number = () => performance.now()) {
    this.#file = file;
    this.#now = now;
  }

  /** Whether all that must be on disk is there. */
  get isEven(): boolean {
    return this.#flushed >= this.#owed;
  }

  /** A group was committed; one that must reach the disk is flushed now or as soon as the flush under way has ended. */
  groupCommitted(mustReachDisk: boolean): void {
    this.#committed++;
    if (mustReachDisk) this.#owed = this.#committed;
  }

  /** Calls `resolve` when all that must be on disk by now is there. */
  whenEven(resolve: () => void): void {
    if (this.isEven) resolve();
    else this.#waiters.push({ group: this.#owed, resolve });
  }

  /** One flush at a time; what is committed while it runs is covered by the next. */
  flush(): void {
    if (this.#flushing || this.isEven) return;
    const pace = this.#waiters.length <= FEW ? this.#forFew : this.#forMany;
    if (pace.isQuick(this.#now())) this.#flushInPlace(pace);
    else this.#flushAside();
  }

  close(): void {
    this.#attempt(() => this.#file.flushInPlace());
    this.#coverBy(this.#committed);
    this.#file.close();
  }

  #flushInPlace(pace: Pace): void {
    const began = this.#now();
    this.#attempt(() => this.#file.flushInPlace());
    pace.note(began, this.#now());
    this.#coverBy(this.#committed);
  }

  #flushAside(): void {
    this.#flushing = true;
    const upTo = this.#committed;
    this.#file.flushAside((error) => {
      this.#flushing = false;
      if (error !== null) endUnsure(error);
      this.#coverBy(upTo);
      this.flush();
    });
  }

  #attempt(flush: () => void): void {
    try {
      flush();
    } catch (error) {
      endUnsure(error);
    }
  }

  #coverBy(group: number): void {
    this.#flushed = Math.max(this.#flushed, group);
    const waiting = this.#waiters;
    this.#waiters = waiting.filter((waiter) => waiter.group > this.#flushed);
    for (const waiter of waiting) if (waiter.group <= this.#flushed) waiter.resolve();
  }
}

/** How long flushes in place take on average; a disk found slow is tried again after a while. */
class Pace {
  readonly #quickMs: number;
  #averageMs = 0;
  #slowUntil = 0;

  constructor(quickMs: number) {
    this.#quickMs = quickMs;
  }

  isQuick(now: number): boolean {
    return now >= this.#slowUntil;
  }

  note(began: number, ended: number): void {
    const counted = Math.min(ended - began, COUNTED_MAX * this.#quickMs);
    this.#averageMs += (counted - this.#averageMs) * NEWEST_WEIGHT;
    if (this.#averageMs <= this.#quickMs) return;
    this.#slowUntil = ended + SLOW_MS;
    this.#averageMs = 0;
  }
}

/** SQLite's write-ahead log. Any handle on the file flushes what was written through the others. */
export function openLog(file: string): Flushable {
  const handle = openSync(file, "r");
  return {
    flushInPlace: () => fdatasyncSync(handle),
    flushAside: (done) => fdatasync(handle, done),
    close: () => closeSync(handle),
  };
}

/**
 * A failed flush leaves it unknown what is on disk, and asking again may wrongly succeed. So the process ends without an
 * answer to anyone; the next start reads what the log really holds.
 */
function endUnsure(error: unknown): never {
  console.error(
    `The data file could not be flushed to disk (${String(error)}); the endpoint stops so that nothing unsure is acknowledged.`,
  );
  process.exit(74);
}
