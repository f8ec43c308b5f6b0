/**
 * Counts the orders that have come to an end: for Prometheus, and on AWS as CloudWatch's metric OrdersProcessed too, which
 * CloudWatch makes of a line in the log (its embedded metric format), so that no call is made for it.
 */
import { orders } from "../../domain/orders.ts";
import type { OrderEnd } from "../counters.ts";
import type { KindParts } from "../parts.ts";

/** How an order has ended, once. */
export type NoteEnd = (status: keyof typeof ENDS) => void;

const ENDS = { COMPLETED: "success", FAILED: "error", REJECTED: "rejected", CANCELLED: "cancelled" } as const satisfies Record<
  string,
  OrderEnd
>;

export function noteEndOf({ settings, counters, logger }: Pick<KindParts, "settings" | "counters" | "logger">): NoteEnd {
  return (end) => {
    const status = ENDS[end];
    counters.add("orders_processed_total", 1, status);
    counters.add(end === "FAILED" ? "events_failed_total" : "events_processed_total", 1, orders.name);
    if (settings.mode === "aws") logger.info(embeddedMetric(settings.env, status), "an order has ended");
  };
}

function embeddedMetric(env: string, status: OrderEnd): object {
  const metric = { Namespace: "Milepost", Dimensions: [["env", "status"]], Metrics: [{ Name: "OrdersProcessed", Unit: "Count" }] };
  return { _aws: { Timestamp: Date.now(), CloudWatchMetrics: [metric] }, env, status, OrdersProcessed: 1 };
}
