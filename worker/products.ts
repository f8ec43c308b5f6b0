/** The worker's part in a product's creation and deletion: whoever listens is told, in order, and then it is history. */
import { optionalTextAt, optionalWholeAt, textAt, wholeAt } from "../domain/attributes.ts";
import type { HistoryEntry } from "../domain/event.ts";
import type { Deliver } from "../domain/history.ts";
import { parseEventId } from "../domain/ids.ts";
import { formatCents, priceOf } from "../domain/money.ts";
import { products } from "../domain/products.ts";
import type { StoredRecord } from "../domain/record.ts";
import type { Notification, Notify } from "./notifications/notification.ts";
import { type KindParts, recordLedger } from "./parts.ts";
import type { WorkerKind } from "./step.ts";
import { writeHistoryStep } from "./write-history.ts";

export function productsKind(parts: KindParts): WorkerKind {
  const { outputs, notify } = parts;
  const ledger = recordLedger(products, outputs.products_table, parts);
  const deliver = deliverBy(notify);
  const steps = new Map([["writeHistory", writeHistoryStep(ledger, deliver)]]);
  return {
    ledger,
    stateMachineArn: outputs.products_state_machine_arn,
    queues: [{ url: outputs.products_queue_url, deadLettersUrl: outputs.products_dlq_url, steps }],
    deliver,
  };
}

/** One after the other: a deletion is told of when its creation was. */
function deliverBy(notify: Notify): Deliver {
  return async (entries, record) => {
    for (const entry of entries) await notify(notificationOf(entry, record));
  };
}

function notificationOf({ eventId, type, to, changedAt, version }: HistoryEntry, { attributes }: StoredRecord): Notification {
  const id = parseEventId(eventId)?.id ?? eventId;
  const name = textAt(attributes, "name");
  const description = optionalTextAt(attributes, "description");
  const cents = wholeAt(attributes, "priceCents");
  const stock = optionalWholeAt(attributes, "stock");
  const happened = to === "DELETED" ? "was deleted" : "is new";
  return {
    id: eventId,
    kind: products.name,
    recordId: id,
    type,
    subject: `The product ${name} ${happened}`,
    text: `The product ${name} (${id}) at ${formatCents(cents)} ${happened}, as of ${changedAt}.`,
    at: changedAt,
    data: {
      id,
      name,
      ...(description !== undefined && { description }),
      price: priceOf(cents),
      ...(stock !== undefined && { stock }),
      status: to,
      version,
    },
  };
}
