import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Ledger, readRecord } from "../../../domain/ledger.ts";
import { products } from "../../../domain/products.ts";
import type { TestSystem } from "../../support/system.ts";
import type { WebhookReceiver } from "../../support/webhook-receiver.ts";
import { ask } from "./asking.ts";
import { Tally } from "./records.ts";

const PAUSE_MS = 40;
const DELETED = 0.5;

/** Products by their ids, and whether each was deleted. */
export class MadeProducts extends Tally {
  readonly known = new Map<string, boolean>();
}

/** Clients that make products and delete every other one, through every failure. */
export class ProductClients {
  readonly #running: Promise<unknown>;
  #isOver = false;

  constructor(system: TestSystem, made: MadeProducts, count: number) {
    this.#running = Promise.all(Array.from({ length: count }, () => this.#run(system, made)));
  }

  async finish(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run({ url, adminToken: bearer }: TestSystem, made: MadeProducts): Promise<void> {
    while (!this.#isOver) {
      await sleep(2 * PAUSE_MS * Math.random());
      made.attempted++;
      const body = { name: `chaos ${randomUUID()}`, price: 19.99 };
      const answer = await ask(made, true, { method: "POST", url: `${url}/products`, bearer, body });
      if (answer?.status !== 201) {
        if (answer !== undefined) made.complain("a product", answer);
        continue;
      }
      made.acknowledged++;
      const id = String(answer.body.id);
      made.known.set(id, false);
      if (Math.random() > DELETED) continue;
      made.attempted++;
      const deletion = await ask(made, true, { method: "DELETE", url: `${url}/products/${id}`, bearer });
      if (deletion?.status === 204) made.acknowledged++;
      else if (deletion !== undefined) made.complain(`the deletion of ${id}`, deletion);
      made.known.set(id, true);
    }
  }
}

/**
 * Every event is in its product's history, and was told of at least once, for the first time after those before it; but for
 * those that were given up, because workers died at them again and again, which are counted.
 */
export async function verifyProducts(
  system: TestSystem,
  made: MadeProducts,
  receiver: WebhookReceiver,
): Promise<Readonly<Record<string, number>>> {
  const { products_table: table } = system.outputs;
  const ledger: Ledger = { kind: products, table, client: system.clients.dynamodb, clock: Date.now, random: Math.random };
  const told = Map.groupBy(receiver.received, ({ headers }) => String(headers["milepost-id"]).replace(/-\d+$/, ""));
  const ends = { told: 0, again: 0, givenUp: 0 };
  for (const [id, isDeleted] of made.known) {
    const record = await readRecord(ledger, id);
    const versions = record?.history.map(({ version }) => version).join(" ");
    if (record === undefined || versions !== (isDeleted ? "1 2" : "1")) {
      made.lost.push(`${id}: its history is ${versions}`);
      continue;
    }
    const ids = (told.get(id) ?? []).map(({ headers }) => String(headers["milepost-id"]));
    const first = [...new Set(ids)];
    const due = record.history.filter(({ failure }) => failure === undefined).map(({ eventId }) => eventId);
    const missing = due.filter((eventId) => !first.includes(eventId));
    if (missing.length > 0) made.lost.push(`${missing.join(" ")} was not told of`);
    if (first.join() !== first.toSorted().join()) made.outOfOrder.push(`${first.join(" before ")}`);
    ends.told += first.length;
    ends.again += ids.length - first.length;
    ends.givenUp += record.failed.size;
  }
  return ends;
}
