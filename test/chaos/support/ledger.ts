import { type Change, executionName } from "../../support/flow.ts";

/** The calls whose fate is followed. */
export type Kind = "record" | "status" | "start" | "history" | "success" | "delete";

/** What the clients know at the end: what they asked for, what they were told, and what they saw that must not be. */
export class Ledger {
  /** Asked for, however often it had to be sent. */
  readonly attempted = new Map<Kind, Set<string>>();
  /** Answered as done: this must be there at the end. */
  readonly acknowledged = new Map<Kind, Set<string>>();
  readonly lost: string[] = [];
  readonly unexpected: string[] = [];
  readonly duplicated: string[] = [];
  /** Sent, and never answered: the process was gone. */
  unanswered = 0;
  /** Answered with "cannot be written now". */
  refused = 0;
  readonly changes = new Map<string, Change>();
  readonly #messages = new Map<string, Set<string>>();
  readonly #deletedAt = new Map<string, number>();
  readonly #ended = new Map<string, () => void>();

  attempt(kind: Kind, name: string): void {
    entries(this.attempted, kind).add(name);
  }

  acknowledge(kind: Kind, name: string): void {
    entries(this.acknowledged, kind).add(name);
  }

  wasAttempted(kind: Kind, name: string): boolean {
    return entries(this.attempted, kind).has(name);
  }

  acknowledgedOf(kind: Kind): ReadonlySet<string> {
    return entries(this.acknowledged, kind);
  }

  begin(change: Change): Promise<void> {
    const name = executionName(change);
    this.changes.set(name, change);
    return new Promise((resolve) => this.#ended.set(name, resolve));
  }

  end(change: Change): void {
    const name = executionName(change);
    this.#ended.get(name)?.();
    this.#ended.delete(name);
  }

  /** The changes that were begun and have not come to their end. */
  open(): string[] {
    return [...this.#ended.keys()];
  }

  /** A message may be delivered again until its deletion is acknowledged, but never one beside it for the same change. */
  received(change: Change, messageId: string, askedAt: number): void {
    const name = executionName(change);
    const messages = this.#messages.get(name) ?? new Set();
    this.#messages.set(name, messages.add(messageId));
    if (messages.size === 2) this.duplicated.push(`${name} sent two messages`);
    if (!this.wasAttempted("start", name)) this.unexpected.push(`a message of ${name}, which was never started`);
    const deletedAt = this.#deletedAt.get(messageId);
    if (deletedAt !== undefined && deletedAt < askedAt) this.duplicated.push(`the message of ${name} came again after its deletion`);
  }

  deleted(messageId: string): void {
    this.#deletedAt.set(messageId, performance.now());
  }

  total(fates: ReadonlyMap<Kind, ReadonlySet<string>>): number {
    return [...fates.values()].reduce((sum, names) => sum + names.size, 0);
  }

  report(title: string): string {
    const counts = `attempted ${this.total(this.attempted)}, acknowledged ${this.total(this.acknowledged)}, lost ${this.lost.length}, unexpected ${this.unexpected.length}, duplicated ${this.duplicated.length}`;
    return `${title}: ${counts} (${this.changes.size} changes; ${this.unanswered} sendings unanswered, ${this.refused} refused)`;
  }

  /** The first few of everything that must not be. */
  complaints(): string[] {
    return [
      ...this.lost.map((what) => `lost: ${what}`),
      ...this.unexpected.map((what) => `unexpected: ${what}`),
      ...this.duplicated.map((what) => `duplicated: ${what}`),
    ].slice(0, 20);
  }
}

function entries(map: Map<Kind, Set<string>>, kind: Kind): Set<string> {
  let names = map.get(kind);
  if (names === undefined) {
    names = new Set();
    map.set(kind, names);
  }
  return names;
}
