/**
 * The worker's part in a task: it is done, and its record says so; or it is marked as failed, with the reason.
 *
 * - Only the execution of the event's present attempt does anything. What an earlier one left in the queue is refused.
 * - The task is begun, and ended, once: a step that comes again goes on where it was left. The work itself is done again where
 *   an attempt at it has failed, or its worker has died.
 * - That it was begun is written when the work has lasted a moment, and otherwise together with its end: both are in the
 *   history, each with its time, and a task of milliseconds costs one write.
 * - A completed task stays completed; the first result counts.
 * - A failed one has its event given up, which is open for a person, and by a redrive gets a new execution.
 */
import { tasks } from "../domain/tasks.ts";
import { type KindParts, recordLedger } from "./parts.ts";
import { failureKeeper } from "./relay-loop.ts";
import type { WorkerKind } from "./step.ts";
import { loadTaskProcessor } from "./task-processor.ts";
import { failStep } from "./tasks/fail.ts";
import { processStep } from "./tasks/process.ts";

export function tasksKind(parts: KindParts): WorkerKind {
  const { outputs, settings, failures } = parts;
  const ledger = recordLedger(tasks, outputs.tasks_table, parts);
  const steps = new Map([
    ["process", processStep(ledger, loadTaskProcessor(settings.worker.taskProcessor))],
    ["fail", failStep(ledger, failureKeeper(failures))],
  ]);
  return {
    ledger,
    stateMachineArn: outputs.tasks_state_machine_arn,
    queues: [{ url: outputs.tasks_queue_url, deadLettersUrl: outputs.tasks_dlq_url, steps }],
  };
}
