/**
 * The kinds of records there are. Each has a file of its name in domain, api, worker and pulumi, and its workflow. What is
 * listed here without one is a type error there.
 */
export const KINDS = ["requests", "products", "orders", "tasks"] as const;

export type KindName = (typeof KINDS)[number];
