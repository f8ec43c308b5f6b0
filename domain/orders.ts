import type { Kind } from "./kind.ts";

export type OrderStatus = "PENDING" | "PAID" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLING" | "CANCELLED";

/**
 * Orders: placed by a user, carried through by the steps of one workflow. A caller may only cancel.
 *
 * - REJECTED: stock, fraud or the card said no, which is an answer. FAILED: something broke; a redrive tries again.
 * - PENDING again, from FAILED or PAID: a later run begins, after what the run before it had done was undone.
 */
export const orders: Kind<OrderStatus> = {
  name: "orders",
  noun: "order",
  idPrefix: "ORDER#",
  initial: "PENDING",
  transitions: {
    PENDING: ["CANCELLING"],
    PAID: ["CANCELLING"],
    COMPLETED: ["CANCELLING"],
    REJECTED: [],
    FAILED: ["CANCELLING"],
    CANCELLING: [],
    CANCELLED: [],
  },
  stepTransitions: {
    PENDING: ["PAID", "REJECTED", "FAILED"],
    PAID: ["COMPLETED", "FAILED", "PENDING"],
    COMPLETED: [],
    REJECTED: [],
    FAILED: ["PENDING"],
    CANCELLING: ["CANCELLED"],
    CANCELLED: [],
  },
  eventType: (from, to) => {
    if (from === null) return "order.placed";
    return to === "PENDING" ? "order.reopened" : `order.${to.toLowerCase()}`;
  },
  // Two attempts at each step; then the run is undone at once, and whether another one follows is for a person to say.
  receivesMax: 2,
  executionsMax: 1,
};
