/**
 * The kind `orders`: its table, the queues of its steps with the dead-letter queue they share, the bucket of its invoices, and
 * the workflow that carries an order through.
 */
import { orders } from "../domain/orders.ts";
import { makeBucket } from "./bucket.ts";
import type { KindResources } from "./kind.ts";
import { makeQueuesWithDlq } from "./queue.ts";
import { makeTable, RECORDS } from "./table.ts";
import type { Target } from "./target.ts";
import { makeWorkflow } from "./workflow.ts";

const BY_USER = { name: "ByUser", hash: "userId", range: "createdKey", shows: "KEYS_ONLY" } as const;

export function makeOrders(target: Target) {
  const table = makeTable(target, "Orders", {
    attributes: { ...RECORDS.attributes, userId: "S" },
    indexes: [...(RECORDS.indexes ?? []), BY_USER],
  });
  const shape = { dlqName: "task-dlq", receivesMax: orders.receivesMax };
  const queues = makeQueuesWithDlq(target, ["order-queue", "task-queue", "notification-queue"], shape);
  const { "order-queue": order, "task-queue": task, "notification-queue": notification } = queues;
  const bucket = makeBucket(target, "results-bucket");
  const values = { orderQueueUrl: order.queue.url, taskQueueUrl: task.queue.url, notificationQueueUrl: notification.queue.url };
  const machine = makeWorkflow(target, "orders", { values, sendsTo: [order.queue, task.queue, notification.queue] });
  return {
    tables: { Orders: table },
    queues,
    machines: { orders: machine },
    buckets: { "results-bucket": bucket },
    outputs: {
      dynamodb_table: table.name,
      sqs_queue_url: order.queue.url,
      task_queue_url: task.queue.url,
      notification_queue_url: notification.queue.url,
      task_dlq_url: order.dlq.url,
      results_bucket: bucket.bucket,
      orders_state_machine_arn: machine.arn,
    },
  } satisfies KindResources;
}
