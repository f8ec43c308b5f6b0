/** The kind `requests`: its table, its queue, and the workflow of each change of a request's status. */
import { requests } from "../domain/requests.ts";
import type { KindResources } from "./kind.ts";
import { makeQueueWithDlq } from "./queue.ts";
import { makeTable, RECORDS } from "./table.ts";
import type { Target } from "./target.ts";
import { makeWorkflow } from "./workflow.ts";

export function makeRequests(target: Target) {
  const table = makeTable(target, "Requests", RECORDS);
  const { receivesMax } = requests;
  const { queue, dlq } = makeQueueWithDlq(target, { name: "requests-queue", dlqName: "requests-dlq", receivesMax });
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
