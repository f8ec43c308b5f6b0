/** The kinds of records the worker serves. Another one is a file beside this, and a line here. */
import type { KindName } from "../config/kinds.ts";
import { ordersKind } from "./orders.ts";
import type { KindParts } from "./parts.ts";
import { productsKind } from "./products.ts";
import { requestsKind } from "./requests.ts";
import type { WorkerKind } from "./step.ts";
import { tasksKind } from "./tasks.ts";

const MAKERS: Readonly<Record<KindName, (parts: KindParts) => WorkerKind>> = {
  requests: requestsKind,
  products: productsKind,
  orders: ordersKind,
  tasks: tasksKind,
};

export function workerKinds(parts: KindParts): WorkerKind[] {
  return parts.settings.kinds.map((name) => MAKERS[name](parts));
}
