/** Histories as Step Functions tells them, put together event by event. */
import type { HistoryEvent, HistoryEventType } from "@aws-sdk/client-sfn";

export class Story {
  readonly events: HistoryEvent[] = [];
  #last = 0;

  /** An event, after the last one unless another is named. The answer is its id. */
  add(type: HistoryEventType, details: Partial<HistoryEvent> = {}, after = this.#last): number {
    const id = this.events.length + 1;
    this.events.push({ timestamp: new Date(id * 1000), type, id, previousEventId: after, ...details });
    this.#last = id;
    return id;
  }

  start(): this {
    this.add("ExecutionStarted");
    return this;
  }

  enter(name: string, type = "Task", after = this.#last): this {
    this.add(`${type}StateEntered` as HistoryEventType, { stateEnteredEventDetails: { name } }, after);
    return this;
  }

  exit(name: string, type = "Task", after = this.#last): this {
    this.add(`${type}StateExited` as HistoryEventType, { stateExitedEventDetails: { name } }, after);
    return this;
  }

  /** A state that is entered and left. */
  pass(name: string, type = "Pass", after = this.#last): this {
    return this.enter(name, type, after).exit(name, type);
  }

  /** A task that is entered and waits for its token. */
  wait(name: string, after = this.#last): this {
    this.enter(name, "Task", after);
    return this.schedule();
  }

  schedule(after = this.#last): this {
    this.add("TaskScheduled", {}, after);
    this.add("TaskStarted");
    this.add("TaskSubmitted");
    return this;
  }

  /** A task that is done. */
  task(name: string, after = this.#last): this {
    this.wait(name, after).add("TaskSucceeded");
    return this.exit(name);
  }

  /** A task that fails, and whose error is not answered yet. */
  failing(name: string, after = this.#last): this {
    this.wait(name, after).add("TaskFailed");
    return this;
  }

  get last(): number {
    return this.#last;
  }
}

/** An order on its way to its payment: both checks are done. */
export function orderChecked(): Story {
  const story = new Story().start().pass("Route", "Choice").enter("Check", "Parallel");
  const started = story.add("ParallelStateStarted");
  story.task("Inventory", started).task("Fraud", started).add("ParallelStateSucceeded");
  return story.exit("Check", "Parallel").pass("Checked", "Choice");
}
