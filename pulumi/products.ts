/** The kind `products`: its table, where orders find a product by its name too, its queue, and the workflow of each change. */
import { products } from "../domain/products.ts";
import type { KindResources } from "./kind.ts";
import { makeQueueWithDlq } from "./queue.ts";
import { makeTable, RECORDS } from "./table.ts";
import type { Target } from "./target.ts";
import { makeWorkflow } from "./workflow.ts";

const BY_NAME = { name: "ByName", hash: "name", range: "createdKey", shows: ["status", "stock"] } as const;

export function makeProducts(target: Target) {
  const table = makeTable(target, "Products", {
    attributes: { ...RECORDS.attributes, name: "S" },
    indexes: [...(RECORDS.indexes ?? []), BY_NAME],
  });
  const { receivesMax } = products;
  const { queue, dlq } = makeQueueWithDlq(target, { name: "product-notifications", dlqName: "product-notifications-dlq", receivesMax });
  const machine = makeWorkflow(target, "products", { values: { productsQueueUrl: queue.url }, sendsTo: [queue] });
  return {
    tables: { Products: table },
    queues: { "product-notifications": { queue, dlq } },
    machines: { products: machine },
    outputs: {
      products_table: table.name,
      products_queue_url: queue.url,
      products_dlq_url: dlq.url,
      products_state_machine_arn: machine.arn,
    },
  } satisfies KindResources;
}
