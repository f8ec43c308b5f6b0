import assert from "node:assert/strict";
import { TestSystem } from "../support/system.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";
import { chaosSeed, randomStreams } from "./support/random.ts";
import { ApiClients } from "./system/clients.ts";
import { type FaultKinds, makeTrouble } from "./system/faults.ts";
import { makeProduct, OrderClients, PlacedOrders } from "./system/orders.ts";
import { MadeProducts, ProductClients, verifyProducts } from "./system/products.ts";
import { Records } from "./system/records.ts";
import { settle } from "./system/settle.ts";
import { CHAOS_STACK } from "./system/stack.ts";
import { MadeTasks, TaskClients, verifyTasks } from "./system/tasks.ts";
import { verifyRequests } from "./system/verify.ts";
import { verifyOrders } from "./system/verify-orders.ts";

const SECONDS = Number(process.env.MILEPOST_CHAOS_SECONDS ?? 120);
const ORDER_CLIENTS = Number(process.env.MILEPOST_CHAOS_ORDER_CLIENTS ?? 4);
/** Where many orders are of interest the other kinds' clients may stay at home, which leaves the machine to them. */
const CLIENTS =
  process.env.MILEPOST_CHAOS_ONLY === "orders"
    ? { requests: 0, products: 0, orders: ORDER_CLIENTS, tasks: 0 }
    : { requests: 8, products: 2, orders: ORDER_CLIENTS, tasks: 2 };
const FAULTS: FaultKinds = process.env.MILEPOST_CHAOS_FAULTS === "kills" ? "kills" : "all";

describe("the whole system, its processes killed and held, its services refusing, its messages repeated", function () {
  this.timeout(SECONDS * 1_000 + 240_000);

  it("loses no acknowledged change of any kind, makes none twice or out of order, and brings every execution to its end", async () => {
    // Prepare
    const seed = chaosSeed();
    const [records, products, orders, tasks] = [new Records(), new MadeProducts(), new PlacedOrders(), new MadeTasks()];
    const receiver = await WebhookReceiver.start();
    const webhook = { NOTIFY_WEBHOOK_URL: receiver.url, NOTIFY_WEBHOOK_SECRET: "sixteen-characters-at-least" };
    const system = await TestSystem.start({ isWatched: false, variables: { ...CHAOS_STACK, ...webhook }, workers: 2 });
    try {
      await makeProduct(system);
      const clients = [
        new ApiClients(system, records, CLIENTS.requests),
        new ProductClients(system, products, CLIENTS.products),
        new OrderClients(system, orders, CLIENTS.orders),
        new TaskClients(system, tasks, CLIENTS.tasks),
      ];

      // Act
      const { killed, stopped, refused, endedAt } = await makeTrouble(system, randomStreams(seed), SECONDS * 1_000, FAULTS);
      await Promise.all(clients.map((one) => one.finish()));
      const settledMs = await settle(system, { requests: records, products, orders, tasks }, endedAt);
      await verifyRequests(system, records);
      const events = await verifyProducts(system, products, receiver);
      const orderEnds = await verifyOrders(system, orders);
      const taskEnds = await verifyTasks(system, tasks);

      // Assess
      const trouble = `${killed} × kill -9, ${stopped} × SIGSTOP, ${refused} × refused`;
      console.log(`    ${SECONDS} s, seed ${seed}: ${trouble}; settled after ${(settledMs / 1_000).toFixed(1)} s`);
      console.log(`    ${records.report("requests")}; ${records.known.size} records`);
      console.log(`    ${products.report("products")}; ${JSON.stringify(events)}`);
      console.log(`    ${orders.report("orders")}; ${JSON.stringify(orderEnds)}`);
      console.log(`    ${tasks.report("tasks")}; ${JSON.stringify(taskEnds)}`);
      for (const [tally, count] of [
        [records, CLIENTS.requests],
        [products, CLIENTS.products],
        [orders, CLIENTS.orders],
        [tasks, CLIENTS.tasks],
      ] as const) {
        assert.deepEqual(tally.complaints(), []);
        assert.ok(count === 0 || (tally.acknowledged > 0 && tally.repeated > 0), "No trouble reached a client.");
      }
    } finally {
      await system.stop();
      receiver.stop();
    }
  });
});
