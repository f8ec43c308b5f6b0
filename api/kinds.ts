/** The kinds of records the API serves. Another one is a file beside this, and a line here. */
import type { KindName } from "../config/kinds.ts";
import { ordersKind } from "./orders.ts";
import { productsKind } from "./products.ts";
import type { ApiKind, KindParts } from "./records.ts";
import { requestsKind } from "./requests.ts";
import { tasksKind } from "./tasks.ts";

const MAKERS: Readonly<Record<KindName, (parts: KindParts) => ApiKind>> = {
  requests: requestsKind,
  products: productsKind,
  orders: ordersKind,
  tasks: tasksKind,
};

export function apiKinds(parts: KindParts): ApiKind[] {
  return parts.settings.kinds.map((name) => MAKERS[name](parts));
}
