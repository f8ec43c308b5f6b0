import { type Item, optionalTextAt } from "./attributes.ts";
import type { Kind } from "./kind.ts";

export type TaskStatus = "pending" | "processing" | "completed" | "failed";

/** Tasks: made by a caller, and from then on moved by the steps of their one workflow alone. */
export const tasks: Kind<TaskStatus> = {
  name: "tasks",
  noun: "task",
  idPrefix: "TASK#",
  initial: "pending",
  // What the work is about: whoever looks into the queue or at the execution sees it, and a new task need not be read to be done.
  told: ["title", "description"],
  transitions: { pending: [], processing: [], completed: [], failed: [] },
  stepTransitions: {
    // It may fail without anybody having begun: where no worker has answered in time.
    pending: ["processing", "failed"],
    processing: ["completed", "failed"],
    completed: [],
    // A redrive.
    failed: ["processing"],
  },
  eventType: (from, to) => (from === null ? "task.created" : `task.${to}`),
  // Three attempts, each of which may fail or end with its worker's death.
  receivesMax: 3,
  executionsMax: 3,
};

/** Why a task has failed. What it failed by before a redrive is no reason of one that is done again, or was completed. */
export function reasonOf(status: string, attributes: Item): string | undefined {
  return status === "failed" ? optionalTextAt(attributes, "reason") : undefined;
}
