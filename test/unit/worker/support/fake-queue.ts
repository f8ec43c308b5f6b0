import type { Hiding, Message, Queue, Refused } from "../../../../worker/queue.ts";
import { sleep } from "../../../../worker/waiting.ts";

type Operation = "receive" | "delete" | "hide";

interface Call {
  readonly operation: Operation;
  readonly count: number;
  readonly at: number;
}

interface Stored {
  readonly id: string;
  readonly body: string;
  receives: number;
  visibleAt: number;
  handle: string;
}

/** A queue as SQS keeps one: what is received is hidden for a while, a new receive makes the old handle void. */
export class FakeQueue implements Queue {
  readonly url = "http://sqs.test/queue";
  readonly calls: Call[] = [];
  readonly messages = new Map<string, Stored>();
  readonly dead: string[] = [];
  readonly hidings: { readonly id: string; readonly seconds: number; readonly at: number }[] = [];
  /** Asked before each call, with the entries it is for: it may throw, or wait, in the call's place. */
  fault: (operation: Operation) => void | Promise<void> = () => {};
  /** Asked after each call that was carried out: it may throw, and the answer is lost. */
  lose: (operation: Operation) => void = () => {};
  /** What of a batch is refused. */
  refuse: (operation: "delete" | "hide", id: string) => "for good" | "for now" | undefined = () => undefined;
  readonly #pollMs: number;
  readonly #visibilityMs: number;
  readonly #receivesMax: number;

  constructor({ pollSeconds = 10, visibilitySeconds = 30, receivesMax = Number.POSITIVE_INFINITY } = {}) {
    this.#pollMs = pollSeconds * 1_000;
    this.#visibilityMs = visibilitySeconds * 1_000;
    this.#receivesMax = receivesMax;
  }

  put(...ids: string[]): void {
    for (const id of ids) this.messages.set(id, { id, body: id, receives: 0, visibleAt: Date.now(), handle: "" });
  }

  get ids(): string[] {
    return [...this.messages.keys()];
  }

  callsTo(operation: Operation): Call[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  async receive(max: number, signal: AbortSignal): Promise<Message[]> {
    this.#called("receive", max);
    await this.fault("receive");
    for (let waited = 0; waited < this.#pollMs; waited += 50) {
      signal.throwIfAborted();
      const received = this.#take(max);
      if (received.length > 0) {
        this.lose("receive");
        return received;
      }
      await sleep(50, signal);
    }
    signal.throwIfAborted();
    return [];
  }

  async delete(messages: readonly Message[]): Promise<Refused<Message>[]> {
    this.#called("delete", messages.length);
    await this.fault("delete");
    const refused = this.#each(messages, "delete", ({ id, receiptHandle }) => {
      if (this.messages.get(id)?.handle === receiptHandle) this.messages.delete(id);
    });
    this.lose("delete");
    return refused;
  }

  async hide(hidings: readonly Hiding[]): Promise<Refused<Hiding>[]> {
    this.#called("hide", hidings.length);
    await this.fault("hide");
    const refused = this.#each(hidings, "hide", ({ message, seconds }) => {
      const stored = this.messages.get(message.id);
      if (stored?.handle !== message.receiptHandle) return;
      this.hidings.push({ id: message.id, seconds, at: Date.now() });
      stored.visibleAt = Date.now() + seconds * 1_000;
    });
    this.lose("hide");
    return refused;
  }

  #called(operation: Operation, count: number): void {
    this.calls.push({ operation, count, at: Date.now() });
  }

  #each<Entry extends Message | Hiding>(entries: readonly Entry[], operation: "delete" | "hide", act: (entry: Entry) => void) {
    if (entries.length < 1 || entries.length > 10) throw new Error(`A batch of ${entries.length} entries.`);
    return entries.flatMap((entry) => {
      const refusal = this.refuse(operation, "message" in entry ? entry.message.id : entry.id);
      if (refusal !== undefined) return [{ entry, mayBeRepeated: refusal === "for now", reason: "refused" }];
      act(entry);
      return [];
    });
  }

  #take(max: number): Message[] {
    const visible = [...this.messages.values()].filter(({ visibleAt }) => visibleAt <= Date.now());
    for (const stored of visible.filter(({ receives }) => receives >= this.#receivesMax)) {
      this.messages.delete(stored.id);
      this.dead.push(stored.id);
    }
    return visible
      .filter(({ id }) => this.messages.has(id))
      .slice(0, max)
      .map((stored) => {
        stored.receives++;
        stored.visibleAt = Date.now() + this.#visibilityMs;
        stored.handle = `${stored.id}/${stored.receives}`;
        return { id: stored.id, receiptHandle: stored.handle, body: stored.body, receives: stored.receives };
      });
  }
}
