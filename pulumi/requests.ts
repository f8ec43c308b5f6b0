/** The kind `requests`: its table, its queue, and the workflow of each change of a request's status. */
import type { KindResources } from "./kind.ts";
import { makeQueueWithDlq } from "./queue.ts";
import { makeTable } from "./table.ts";
import type { Target } from "./target.ts";
import { makeWorkflow } from "./workflow.ts";

export function makeRequests(target: Target) {
  const table = makeTable(target, "Requests", {
    attributes: { pendingShard: "S", pendingDue: "N", status: "S", createdKey: "S" },
    indexes: [
      { name: "Pending", hash: "pendingShard", range: "pendingDue", shows: ["pendingSince"] },
      { name: "ByStatus", hash: "status", range: "createdKey", shows: "KEYS_ONLY" },
    ],
  });
  const { queue, dlq } = makeQueueWithDlq(target, "requests-queue", "requests-dlq");
  const machine = makeWorkflow(target, "requests", { values: { requestsQueueUrl: queue.url }, sendsTo: [queue] });
  return {
    tables: { Requests: table },
    queues: { "requests-queue": { queue, dlq } },
    machines: { requests: machine },
    outputs: {
      requests_table: table.name,
      requests_queue_url: queue.url,
      requests_dlq_url: dlq.url,
      requests_state_machine_arn: machine.arn,
    },
  } satisfies KindResources;
}
