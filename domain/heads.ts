/**
 * What this process has last seen of records: their status and version. A change tried over what is remembered saves the
 * read; where another process was quicker the write's condition finds that out, and what it met is judged instead. So what
 * is remembered never decides: it is good for a write, and nobody is refused because of it.
 */
import type { RecordHead } from "./record.ts";

const REMEMBERED_MAX = 10_000;
const NONE = new Map<number, never>();

export class Heads {
  readonly #heads = new Map<string, RecordHead>();
  readonly #most: number;

  constructor(most = REMEMBERED_MAX) {
    this.#most = most;
  }

  get(id: string): RecordHead | undefined {
    return this.#heads.get(id);
  }

  /** Whoever was seen last is forgotten last; an answer that comes late does not set a record back. */
  see(id: string, status: string, version: number): void {
    if ((this.#heads.get(id)?.version ?? 0) > version) return;
    this.#heads.delete(id);
    this.#heads.set(id, { status, version, pending: NONE, failed: NONE });
    if (this.#heads.size <= this.#most) return;
    const [oldest] = this.#heads.keys();
    if (oldest !== undefined) this.#heads.delete(oldest);
  }

  forget(id: string): void {
    this.#heads.delete(id);
  }
}
