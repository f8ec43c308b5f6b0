import type { Kind } from "./kind.ts";

export type RequestStatus = "PENDING" | "IN_PROGRESS" | "ON_HOLD" | "COMPLETED" | "REJECTED" | "CANCELLED";

/** Service requests: made by anyone, moved on by an administrator, one execution for each change. */
export const requests: Kind<RequestStatus> = {
  name: "requests",
  noun: "request",
  idPrefix: "REQ#",
  initial: "PENDING",
  transitions: {
    PENDING: ["IN_PROGRESS", "REJECTED", "CANCELLED"],
    IN_PROGRESS: ["ON_HOLD", "COMPLETED", "REJECTED", "CANCELLED"],
    ON_HOLD: ["IN_PROGRESS", "CANCELLED"],
    COMPLETED: [],
    REJECTED: [],
    CANCELLED: [],
  },
  // Their workflow only notifies: no step of it changes a request.
  stepTransitions: { PENDING: [], IN_PROGRESS: [], ON_HOLD: [], COMPLETED: [], REJECTED: [], CANCELLED: [] },
  eventType: (from) => (from === null ? "request.created" : "request.status-changed"),
  receivesMax: 5,
  executionsMax: 3,
};
