import { setTimeout as sleep } from "node:timers/promises";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { text, whole } from "../../../domain/attributes.ts";
import type { TestSystem } from "../../support/system.ts";
import { ask } from "./asking.ts";
import { Tally } from "./records.ts";

/** So many pieces that no run of the test sells them all: what is left tells what was sold. */
export const STOCK = 10_000_000;
export const PRODUCT = { id: "chaos-product", name: "Chaos widget" };

const PAUSE_MS = 40;
const CANCELLED = 0.2;
const AGAIN_MS = 100;

/** Orders, with what the clients were told of each. */
export class PlacedOrders extends Tally {
  readonly known = new Set<string>();
}

/** What is ordered: mostly things with a stock, now and then what a card or the fraud score declines. */
function somethingToOrder(random: number): object {
  if (random < 0.1) return { amount: 60_000 };
  if (random < 0.2) return { items: [{ name: PRODUCT.name, price: 10.13, quantity: 1 }] };
  return { items: [{ name: PRODUCT.name, price: 19.99, quantity: 1 + Math.floor(random * 3) }], promo_code: "SAVE10" };
}

/** Clients that place orders, each as a user of its own, and cancel some, through every failure. */
export class OrderClients {
  readonly #system: TestSystem;
  readonly #orders: PlacedOrders;
  readonly #running: Promise<unknown>;
  #isOver = false;

  constructor(system: TestSystem, orders: PlacedOrders, count: number) {
    this.#system = system;
    this.#orders = orders;
    this.#running = Promise.all(Array.from({ length: count }, (_, client) => this.#run(`user-${client}`)));
  }

  async finish(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(user: string): Promise<void> {
    const bearer = await this.#login(user);
    const { url } = this.#system;
    while (!this.#isOver) {
      await sleep(2 * PAUSE_MS * Math.random());
      this.#orders.attempted++;
      const placed = await ask(this.#orders, true, { method: "POST", url: `${url}/orders`, bearer, body: somethingToOrder(Math.random()) });
      if (placed?.status !== 202) {
        if (placed !== undefined) this.#orders.complain("an order", placed);
        continue;
      }
      const id = String(placed.body.order_id);
      if (this.#orders.known.has(id)) this.#orders.duplicated.push(`${id} was given to two orders`);
      this.#orders.known.add(id);
      this.#orders.acknowledged++;
      if (Math.random() < CANCELLED) await this.#cancel(id, bearer);
    }
  }

  /** It may be rejected by then: that is told with 409. */
  async #cancel(id: string, bearer: string): Promise<void> {
    await sleep(2 * PAUSE_MS * Math.random());
    this.#orders.attempted++;
    const answer = await ask(this.#orders, true, { method: "POST", url: `${this.#system.url}/orders/${id}/cancel`, bearer, body: {} });
    if (answer?.status === 202) this.#orders.acknowledged++;
    else if (answer !== undefined && answer.status !== 409) this.#orders.complain(`the cancellation of ${id}`, answer);
  }

  async #login(user: string): Promise<string> {
    const { url, adminToken } = this.#system;
    for (;;) {
      const answer = await ask(this.#orders, true, { method: "POST", url: `${url}/login`, bearer: adminToken, body: { user_id: user } });
      if (answer?.status === 200) return String(answer.body.access_token);
      await sleep(AGAIN_MS);
    }
  }
}

/** The product that all of them want. Nothing is done with it but what orders do with any. */
export async function makeProduct({ clients, outputs }: TestSystem): Promise<void> {
  const Item = {
    PK: text(`PRODUCT#${PRODUCT.id}`),
    name: text(PRODUCT.name),
    status: text("ACTIVE"),
    createdKey: text(`2026-01-01T00:00:00.000Z#${PRODUCT.id}`),
    stock: whole(STOCK),
  };
  await clients.dynamodb.send(new PutItemCommand({ TableName: outputs.products_table, Item }));
}
