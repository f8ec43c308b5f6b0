/** The kind `tasks`: its table, its queue, and the workflow of each task's life. */
import { tasks } from "../domain/tasks.ts";
import type { KindResources } from "./kind.ts";
import { makeQueueWithDlq } from "./queue.ts";
import { makeTable, RECORDS } from "./table.ts";
import type { Target } from "./target.ts";
import { makeWorkflow } from "./workflow.ts";

export function makeTasks(target: Target) {
  const table = makeTable(target, "Tasks", RECORDS);
  const { receivesMax } = tasks;
  const { queue, dlq } = makeQueueWithDlq(target, { name: "interview-queue", dlqName: "interview-dlq", receivesMax });
  const machine = makeWorkflow(target, "tasks", { values: { tasksQueueUrl: queue.url }, sendsTo: [queue] });
  return {
    tables: { Tasks: table },
    queues: { "interview-queue": { queue, dlq } },
    machines: { tasks: machine },
    outputs: {
      tasks_table: table.name,
      tasks_queue_url: queue.url,
      tasks_dlq_url: dlq.url,
      tasks_state_machine_arn: machine.arn,
    },
  } satisfies KindResources;
}
