import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AGAIN_MS, type Answer, ask, send } from "./asking.ts";
import type { AskedChange, KnownRecord, Records } from "./records.ts";

export interface Pace {
  /** How long a client rests between two calls, on average. */
  readonly pauseMs?: number;
  readonly changesOfARecord?: number;
}

interface Target {
  readonly url: string;
  readonly adminToken: string;
}

/**
 * Clients of the API that go on through every failure. Every other one sends an Idempotency-Key and repeats the same call
 * until it is answered; the others do as people do: they ask once, and where no answer comes they look and go on.
 */
export class ApiClients {
  readonly #target: Target;
  readonly #records: Records;
  readonly #pace: Required<Pace>;
  readonly #running: Promise<unknown>;
  #isOver = false;

  constructor(target: Target, records: Records, count: number, pace: Pace = {}) {
    this.#target = target;
    this.#records = records;
    this.#pace = { pauseMs: 0, changesOfARecord: 8, ...pace };
    this.#running = Promise.all(Array.from({ length: count }, (_, client) => this.#run(client % 2 === 0)));
  }

  /** Begins nothing new, and waits until every client has its last answer. */
  async finish(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(isKeyed: boolean): Promise<void> {
    while (!this.#isOver) {
      const record = await this.#create(isKeyed);
      if (record === undefined) continue;
      for (let version = 2; !this.#isOver && version < 2 + this.#pace.changesOfARecord; version++) await this.#change(record, isKeyed);
    }
  }

  async #create(isKeyed: boolean): Promise<KnownRecord | undefined> {
    this.#records.attempted++;
    const answer = await this.#ask(isKeyed, "POST", "/requests", { title: `chaos ${randomUUID()}` });
    if (answer === undefined) return undefined;
    if (answer.status !== 201) return this.#records.complain("a creation", answer);
    this.#records.acknowledged++;
    const record = { id: String(answer.body.requestId), trackingUrl: String(answer.body.trackingUrl), changes: [] };
    if (this.#records.known.has(record.id)) this.#records.duplicated.push(`${record.id} was given to two creations`);
    this.#records.known.set(record.id, record);
    return record;
  }

  /** IN_PROGRESS and ON_HOLD in turn; what a lost answer has left is seen from the status. */
  async #change(record: KnownRecord, isKeyed: boolean): Promise<void> {
    const status = await this.#statusOf(record);
    if (status === undefined) return;
    const change: AskedChange = { name: randomUUID(), to: status === "IN_PROGRESS" ? "ON_HOLD" : "IN_PROGRESS", eventId: undefined };
    record.changes.push(change);
    this.#records.attempted++;
    const answer = await this.#ask(isKeyed, "PATCH", `/requests/${record.id}/status`, { status: change.to, note: change.name });
    if (answer === undefined) return;
    // A change whose answer was lost may be written after the look: then this one is judged by another status.
    if (answer.status === 409 && !isKeyed) return;
    if (answer.status !== 200) return this.#records.complain(`a change of ${record.id}`, answer);
    this.#records.acknowledged++;
    change.eventId = String(answer.body.eventId);
  }

  async #statusOf({ trackingUrl }: KnownRecord): Promise<string | undefined> {
    while (!this.#isOver) {
      const answer = await send(trackingUrl, { method: "GET" });
      if (answer?.status === 200) return String(answer.body.status);
      if (answer !== undefined && answer.status < 500) return this.#records.complain("a look", answer);
      await sleep(AGAIN_MS);
    }
    return undefined;
  }

  async #ask(isKeyed: boolean, method: string, path: string, body: object): Promise<Answer | undefined> {
    const { url, adminToken } = this.#target;
    await sleep(2 * this.#pace.pauseMs * Math.random());
    return ask(this.#records, isKeyed, { method, url: `${url}${path}`, bearer: adminToken, body });
  }
}
