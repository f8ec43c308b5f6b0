import type { NewExecution } from "./execution-row.ts";
import { type Execution, firstTimer, type HistoryEvent, type Step } from "./interpreter/execution.ts";

/** What steps changed and no row says yet. */
export interface Unstored {
  /** Set where the execution itself is new. */
  created: NewExecution | undefined;
  readonly events: HistoryEvent[];
  readonly changed: Set<number>;
  readonly removed: Set<number>;
}

export function nothingUnstored(created?: NewExecution): Unstored {
  return { created, events: [], changed: new Set(), removed: new Set() };
}

export function addStep(unstored: Unstored, step: Step): void {
  unstored.events.push(...step.events);
  for (const thread of step.changed) unstored.changed.add(thread);
  for (const thread of step.removed) {
    unstored.changed.delete(thread);
    unstored.removed.add(thread);
  }
}

/** A thread as its row has it, and when the first of its timers rings. */
export interface StoredThread {
  readonly data: string;
  readonly due: number | null;
}

export function storedThread(execution: Execution, id: number): StoredThread {
  const thread = execution.threads.get(id);
  return { data: JSON.stringify(thread), due: firstTimer(thread?.timers ?? {})?.at ?? null };
}
