import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { GetItemCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { CreateStateMachineCommand, DeleteStateMachineCommand } from "@aws-sdk/client-sfn";
import { DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { asVariables, OUTPUTS, readOutputs } from "../../../config/outputs.ts";
import { readSettings } from "../../../config/settings.ts";
import { text, whole } from "../../../domain/attributes.ts";
import { createRecord } from "../../../domain/creation.ts";
import type { ChangeEvent } from "../../../domain/event.ts";
import type { FailureStore } from "../../../domain/failures.ts";
import { eventIdOf } from "../../../domain/ids.ts";
import { formatOrder, type OrderItem, type Wanted } from "../../../domain/order.ts";
import { type OrderLedger, type ReadOrder, readOrder } from "../../../domain/order-runs.ts";
import { orders } from "../../../domain/orders.ts";
import { priceOrder } from "../../../domain/pricing.ts";
import type { StockStore } from "../../../domain/reservations.ts";
import { definitionOf } from "../../../workflows/definition.ts";
import { aws, endpointEnvironment, eventually, executionRole, uniqueName } from "./endpoint.ts";
import { dropTable, newTable } from "./ledger.ts";
import { newBucket } from "./s3.ts";
import { type AnyGround, newFailuresTable, newKeyedTable, newQueue } from "./worker.ts";

/** Everything a worker of orders works with, made for one file of tests. */
export interface OrdersGround extends AnyGround {
  readonly ledger: OrderLedger;
  readonly failures: FailureStore;
  readonly stock: StockStore;
  drop(): Promise<void>;
}

export async function newOrdersGround(variables: Record<string, string> = {}): Promise<OrdersGround> {
  const environment = { ...endpointEnvironment(), POLL_SECONDS: "1", MILEPOST_KINDS: "orders", ...variables };
  const tables = await Promise.all([newOrdersTable(), newProductsTable(), newFailuresTable(), newKeyedTable("idempotency")]);
  const [table, productsTable, failuresTable, idempotency] = tables;
  const dlq = await newQueue({});
  const redrive = JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: orders.receivesMax });
  const [order, task, notification] = [
    await newQueue({ RedrivePolicy: redrive }),
    await newQueue({ RedrivePolicy: redrive }),
    await newQueue({ RedrivePolicy: redrive }),
  ];
  const urls = { orderQueueUrl: order.url, taskQueueUrl: task.url, notificationQueueUrl: notification.url };
  const definition = definitionOf("orders", { ...readSettings(environment).timings, ...urls });
  const made = new CreateStateMachineCommand({ name: uniqueName("orders"), definition, roleArn: await executionRole() });
  const { stateMachineArn = "" } = await aws().sfn.send(made);
  const outputs = readOutputs(
    {},
    {
      ...Object.fromEntries(OUTPUTS.map((output) => [output, "of a kind that is not served"])),
      ...{ dynamodb_table: table, products_table: productsTable, failures_table: failuresTable, idempotency_table: idempotency },
      ...{ sqs_queue_url: order.url, task_queue_url: task.url, notification_queue_url: notification.url, task_dlq_url: dlq.url },
      ...{ results_bucket: await newBucket(), orders_state_machine_arn: stateMachineArn },
    },
  );
  const client = aws().dynamodb;
  return {
    outputs,
    stateMachineArn,
    ledger: { kind: orders, table, client, clock: Date.now, random: () => 0.5 },
    failures: { table: failuresTable, client, clock: Date.now },
    stock: { client, productsTable, table, random: () => 0.5 },
    environment: { ...environment, ...asVariables(outputs) },
    drop: async () => {
      await aws().sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
      for (const { url } of [order, task, notification, dlq]) await aws().sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
      for (const name of tables) await dropTable(name);
    },
  };
}

export function newOrdersTable(): Promise<string> {
  return newTable([{ name: "ByUser", attribute: "userId" }]);
}

export function newProductsTable(): Promise<string> {
  return newTable([{ name: "ByName", attribute: "name", shows: ["status", "stock"] }]);
}

/** A product with a stock, as far as orders look at products; it takes part in nothing else. */
export async function newProduct({ client, productsTable }: StockStore, name: string, stock?: number, day = "2026-01-01"): Promise<string> {
  const id = uniqueName("p");
  const Item = { PK: text(`PRODUCT#${id}`), name: text(name), status: text("ACTIVE"), createdKey: text(`${day}#${id}`) };
  await client.send(
    new PutItemCommand({ TableName: productsTable, Item: { ...Item, ...(stock !== undefined && { stock: whole(stock) }) } }),
  );
  return id;
}

export async function stockOf({ client, productsTable }: StockStore, id: string): Promise<number> {
  const Key = { PK: text(`PRODUCT#${id}`) };
  const { Item: item } = await client.send(new GetItemCommand({ TableName: productsTable, Key, ConsistentRead: true }));
  return Number(item?.stock?.N);
}

export function item(name: string, quantity: number, more: Partial<OrderItem> = {}): OrderItem {
  return { name, priceCents: 1_000, quantity, ...more };
}

/** An order with its creation pending, as the API makes one. */
export async function newOrder(ledger: OrderLedger, wanted: Wanted, userId = "ann"): Promise<ChangeEvent> {
  const id = uniqueName("o");
  const attributes = formatOrder({ userId, wanted, totalCents: priceOrder(wanted).totalCents }, eventIdOf(id, 1));
  const outcome = await createRecord(ledger, { id, changeId: randomUUID(), attributes });
  assert.ok(outcome.outcome === "created");
  return outcome.event;
}

export async function readBack(ledger: OrderLedger, id: string): Promise<ReadOrder> {
  const found = await readOrder(ledger, id);
  assert.ok(found !== undefined, `There is no order ${id}.`);
  return found;
}

export function hasStatus(ledger: OrderLedger, id: string, status: string, ms?: number): Promise<ReadOrder> {
  return eventually(async () => {
    const found = await readBack(ledger, id);
    assert.equal(found.record.status, status);
    assert.equal(found.record.pending.size, 0);
    return found;
  }, ms);
}

/** The sandbox's book about an order: its rows' states, by their keys. */
export async function paymentsOf({ client, table }: StockStore, orderId: string): Promise<Record<string, string>> {
  const { Items: rows = [] } = await client.send(
    new ScanCommand({
      TableName: table,
      FilterExpression: "begins_with(PK, :payment) AND orderId = :order",
      ExpressionAttributeValues: { ":payment": text("PAYMENT#"), ":order": text(orderId) },
      ConsistentRead: true,
    }),
  );
  return Object.fromEntries(rows.map(({ PK, state }) => [PK?.S?.slice("PAYMENT#".length) ?? "", state?.S ?? ""]));
}
