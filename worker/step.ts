/** A step of a workflow, and the kind of records whose steps they are, as the worker knows them. */
import type { Logger } from "../config/logger.ts";
import type { Deliver } from "../domain/history.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { TaskMessage } from "../workflows/message.ts";
import type { Counters } from "./counters.ts";
import type { Message } from "./queue.ts";

export interface StepContext {
  readonly logger: Logger;
  readonly counters: Counters;
  /** How often the step's message was received, this time included. */
  readonly receives: number;
  /** Nobody waits for the step any more. */
  readonly signal: AbortSignal;
}

export interface Step {
  /** Does the step, or finds that it was done, and gives what its execution is answered with. Called again after a failure. */
  run(task: TaskMessage, context: StepContext): Promise<unknown>;
  /** The same answer where the step was done already; undefined where it was not. Nothing is changed. */
  findDone(task: TaskMessage): Promise<unknown>;
  /** The workflow goes on without it: where it cannot be done, that is for a person to see even while the event is on its way. */
  readonly isDispensable?: boolean;
}

/** A queue of a kind, and what its messages may ask for. */
export interface WorkQueue {
  readonly url: string;
  /** Where the queue's dead letters go, which a kind's queues may share. */
  readonly deadLettersUrl: string;
  readonly steps: ReadonlyMap<string, Step>;
  /** What becomes of a message that no workflow has sent; where it is undefined, such a one is unusable. */
  readonly takeOther?: (message: Message, context: StepContext) => Promise<void>;
}

export interface WorkerKind {
  readonly ledger: Ledger;
  readonly stateMachineArn: string;
  readonly queues: readonly [WorkQueue, ...WorkQueue[]];
  /** For kinds that deliver what has changed before it is history. */
  readonly deliver?: Deliver;
}

/** The step is not to be done any more: its execution is told so, by this error's name, and the message is done with. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

/** No repetition can help such a message: it goes to the dead letters without delay. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}
