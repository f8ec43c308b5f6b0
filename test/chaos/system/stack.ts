/** The chaos stack hides a message for 5 seconds only, so that a dead worker's messages come again soon. */
export const CHAOS_STACK = { VISIBILITY_SECONDS: "5", EXTEND_SECONDS: "2", DRAIN_SECONDS: "5", ORDERS_PER_MINUTE: "100000" };
