/** The simplest queue that obeys SQS's rules: a list that is looked through whole each time. What the real one is held against. */

export interface ModelMessage {
  readonly body: string;
  readonly group: string | undefined;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  receivedAt: number;
}

export type HandleState = "current" | "stale" | "gone";

const RETENTION_MS = 600_000;
const DEDUPLICATION_MS = 300_000;

export class ModelQueue {
  readonly isFifo: boolean;
  readonly maxReceiveCount: number;
  readonly letters: string[] = [];
  messages: ModelMessage[] = [];
  readonly #seen = new Map<string, number>();

  constructor(isFifo: boolean, maxReceiveCount: number) {
    this.isFifo = isFifo;
    this.maxReceiveCount = maxReceiveCount;
  }

  send(body: string, group: string | undefined, deduplicationId: string | undefined, delayMs: number, now: number): void {
    if (deduplicationId !== undefined) {
      const seenAt = this.#seen.get(deduplicationId);
      if (seenAt !== undefined && now - seenAt < DEDUPLICATION_MS) return;
      this.#seen.set(deduplicationId, now);
    }
    this.messages.push({ body, group, sentAt: now, visibleAt: now + delayMs, receives: 0, receivedAt: 0 });
  }

  expire(now: number): void {
    this.messages = this.messages.filter((message) => now - message.sentAt < RETENTION_MS);
  }

  /** What may be received now: of a FIFO group, the messages before its first hidden one. */
  available(now: number): ModelMessage[] {
    this.expire(now);
    const blocked = new Set<string>();
    return this.messages.filter((message) => {
      if (message.group !== undefined && blocked.has(message.group)) return false;
      if (message.visibleAt <= now) return true;
      if (message.group !== undefined) blocked.add(message.group);
      return false;
    });
  }

  /** Sends those received too often to the dead letters, as a receive that is not full does with all it could take. */
  redrive(now: number): void {
    for (;;) {
      const over = this.available(now).filter((message) => message.receives >= this.maxReceiveCount);
      if (over.length === 0) return;
      this.messages = this.messages.filter((message) => !over.includes(message));
      this.letters.push(...over.map((message) => message.body));
    }
  }

  received(message: ModelMessage, visibilityMs: number, now: number): void {
    message.visibleAt = now + visibilityMs;
    message.receives++;
    message.receivedAt = now;
  }

  /** What the handle of a message's nth receive is worth. */
  handleState(body: string, receive: number, now: number): { state: HandleState; message: ModelMessage | undefined } {
    this.expire(now);
    const message = this.messages.find((each) => each.body === body);
    if (message === undefined) return { state: "gone", message };
    const isOver = this.isFifo && message.visibleAt <= now;
    return { state: message.receives === receive && !isOver ? "current" : "stale", message };
  }

  delete(message: ModelMessage): void {
    this.messages = this.messages.filter((each) => each !== message);
  }

  counts(now: number): [visible: number, inFlight: number, delayed: number] {
    this.expire(now);
    const hidden = this.messages.filter((message) => message.visibleAt > now);
    const delayed = hidden.filter((message) => message.receives === 0).length;
    return [this.messages.length - hidden.length, hidden.length - delayed, delayed];
  }
}
