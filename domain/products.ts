import type { Kind } from "./kind.ts";

export type ProductStatus = "ACTIVE" | "DELETED";

/** Products: their creation and their deletion are the changes, and each is told to whoever listens. */
export const products: Kind<ProductStatus> = {
  name: "products",
  noun: "product",
  idPrefix: "PRODUCT#",
  initial: "ACTIVE",
  transitions: { ACTIVE: ["DELETED"], DELETED: [] },
  // Their workflow only notifies: no step of it changes a product.
  stepTransitions: { ACTIVE: [], DELETED: [] },
  eventType: (_, to) => (to === "DELETED" ? "product.deleted" : "product.created"),
  receivesMax: 5,
  executionsMax: 3,
};
