/**
 * The worker's part in orders: what each queue's messages ask for. Stock, fraud, payment and all undoing go by the order
 * queue, invoices and orders sent by hand by the task queue, notifications by their own; they share one dead-letter queue.
 */
import { orders } from "../domain/orders.ts";
import { sandboxProvider } from "../domain/payments.ts";
import { starterOf } from "../workflows/starter.ts";
import { tracedStarter } from "../workflows/traced-starter.ts";
import { noteEndOf } from "./orders/ends.ts";
import { httpProvider } from "./orders/http-payments.ts";
import { takeOrders } from "./orders/incoming.ts";
import { bucketInvoices } from "./orders/invoices.ts";
import { SeenOrders } from "./orders/seen.ts";
import { completeStep, invoiceStep, notifyStep, payStep, reopenStep, reserveStep, scoreStep } from "./orders/steps.ts";
import { concludeStep, refundStep, releaseStep } from "./orders/undo.ts";
import type { OrderWork } from "./orders/work.ts";
import { type KindParts, recordLedger } from "./parts.ts";
import { failureKeeper } from "./relay-loop.ts";
import type { Step, WorkerKind } from "./step.ts";

const START_MS_MAX = 2_000;

export function ordersKind(parts: KindParts): WorkerKind {
  const { clients, failures, outputs, random, tracer } = parts;
  const ledger = recordLedger(orders, outputs.dynamodb_table, parts);
  const work: OrderWork = {
    ledger,
    stock: { client: clients.dynamodb, productsTable: outputs.products_table, table: outputs.dynamodb_table, random },
    payments: paymentsOf(parts),
    invoices: bucketInvoices(() => clients.s3, outputs.results_bucket),
    keeper: failureKeeper(failures),
    notify: parts.notify,
    seen: new SeenOrders(),
    noteEnd: noteEndOf(parts),
  };
  const deadLettersUrl = outputs.task_dlq_url;
  const stateMachineArn = outputs.orders_state_machine_arn;
  const starter = starterOf(clients.sfn, stateMachineArn, START_MS_MAX);
  return {
    ledger,
    stateMachineArn,
    queues: [
      { url: outputs.sqs_queue_url, deadLettersUrl, steps: orderSteps(work) },
      {
        url: outputs.task_queue_url,
        deadLettersUrl,
        steps: new Map([["invoice", invoiceStep(work)]]),
        takeOther: takeOrders(ledger, tracedStarter(starter, tracer, { kind: orders.name, by: "worker" })),
      },
      { url: outputs.notification_queue_url, deadLettersUrl, steps: new Map([["notify", { ...notifyStep(work), isDispensable: true }]]) },
    ],
  };
}

function paymentsOf({ clients, outputs, settings }: KindParts) {
  const { url, token } = settings.payment;
  return url === undefined ? sandboxProvider({ client: clients.dynamodb, table: outputs.dynamodb_table }) : httpProvider({ url, token });
}

function orderSteps(work: OrderWork): ReadonlyMap<string, Step> {
  return new Map([
    ["reopen", reopenStep(work)],
    ["reserve", reserveStep(work)],
    ["score", scoreStep(work)],
    ["pay", payStep(work)],
    ["complete", completeStep(work)],
    ["refund", refundStep(work)],
    ["release", releaseStep(work)],
    ["conclude", concludeStep(work)],
  ]);
}
