/** What a record of each kind goes through in a benchmark, from the call that starts it until it can be seen that it has ended. */
import { z } from "zod";
import { Caller } from "./caller.ts";
import type { Contender } from "./contender.ts";
import { statusAt, Tracker, untilReadable } from "./tracker.ts";

/** Tells whether what was started has come to its end; throws where it is not the end it should come to. */
export type Started = () => Promise<boolean>;
export type Start = () => Promise<Started>;

export interface Flow {
  readonly name: string;
  /** What one of them is. */
  readonly does: string;
  /** Makes so many ready to be started by a client. */
  prepare(client: number, count: number): Promise<Start[]>;
  close(): void;
}

const STOCK = 1_000_000_000;
const token = z.object({ access_token: z.string() });
const withId = z.object({ id: z.string() });
const withStatus = z.object({ status: z.string() });
const placed = z.object({ order_id: z.string() });

export async function flowsOf(
  { url, adminToken }: Contender,
  clients: number,
): Promise<Record<"requests" | "creations" | "orders" | "tasks", Flow>> {
  const admin = new Caller(adminToken);
  return {
    requests: changesFlow(new Tracker(url, adminToken)),
    creations: creationsFlow(new Tracker(url, adminToken)),
    orders: await ordersFlow(url, admin, clients),
    tasks: tasksFlow(url, admin),
  };
}

function changesFlow(tracker: Tracker): Flow {
  const prepareOne = async (): Promise<Start> => {
    const record = await tracker.create();
    await untilReadable(tracker, record, 1);
    return async () => {
      await tracker.change(record, statusAt(2));
      return async () => (await tracker.readableVersion(record)) >= 2;
    };
  };
  return {
    name: "requests",
    does: "one change of status, until its history is readable",
    prepare: (_client, count) => inTurn(count, prepareOne),
    close: () => tracker.close(),
  };
}

function creationsFlow(tracker: Tracker): Flow {
  const start: Start = async () => {
    const record = await tracker.create();
    return async () => (await tracker.readableVersion(record)) >= 1;
  };
  return {
    name: "requests",
    does: "one made, until its history is readable",
    prepare: async (_client, count) => Array.from({ length: count }, () => start),
    close: () => tracker.close(),
  };
}

function tasksFlow(url: string, caller: Caller): Flow {
  const start: Start = async () => {
    const { id } = withId.parse(await caller.call("POST", `${url}/tasks`, { title: "bench", description: "nothing much" }));
    return hasEnded(caller, `${url}/tasks/${id}`, "completed", ["failed"]);
  };
  return {
    name: "tasks",
    does: "one task, until it is completed",
    prepare: async (_client, count) => Array.from({ length: count }, () => start),
    close: () => caller.close(),
  };
}

/** Every client is a user of its own, and all want the same product, of which there is plenty. */
async function ordersFlow(url: string, admin: Caller, clients: number): Promise<Flow> {
  const { id: product } = withId.parse(await admin.call("POST", `${url}/products`, { name: "Bench", price: 19.99, stock: STOCK }));
  const users = await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const { access_token: bearer } = token.parse(await admin.call("POST", `${url}/login`, { user_id: `bench-${client}` }));
      return new Caller(bearer);
    }),
  );
  const startAs =
    (caller: Caller): Start =>
    async () => {
      const items = [{ name: "Bench", price: 19.99, quantity: 2, product_id: product }];
      const { order_id: id } = placed.parse(await caller.call("POST", `${url}/orders`, { items, promo_code: "SAVE10" }));
      return hasEnded(caller, `${url}/orders/${id}`, "COMPLETED", ["REJECTED", "CANCELLED", "FAILED"]);
    };
  return {
    name: "orders",
    does: "one order of five steps, until it is COMPLETED",
    prepare: async (client, count) =>
      users.slice(client, client + 1).flatMap((caller) => Array.from({ length: count }, () => startAs(caller))),
    close: () => {
      for (const caller of users) caller.close();
    },
  };
}

function hasEnded(caller: Caller, address: string, wanted: string, others: readonly string[]): Started {
  return async () => {
    const { status } = withStatus.parse(await caller.call("GET", address));
    if (others.includes(status)) throw new Error(`${address} ended as ${status}.`);
    return status === wanted;
  };
}

async function inTurn<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let made = 0; made < count; made++) all.push(await make());
  return all;
}
