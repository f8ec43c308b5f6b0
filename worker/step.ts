/** A step of a workflow, and the kind of records whose steps they are, as the worker knows them. */
import type { Logger } from "../config/logger.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { TaskMessage } from "../workflows/message.ts";
import type { Counters } from "./counters.ts";

export interface StepContext {
  readonly logger: Logger;
  readonly counters: Counters;
  /** Nobody waits for the step any more. */
  readonly signal: AbortSignal;
}

export interface Step {
  /** Does the step, or finds that it was done, and gives what its execution is answered with. Called again after a failure. */
  run(task: TaskMessage, context: StepContext): Promise<unknown>;
  /** The same answer where the step was done already; undefined where it was not. Nothing is changed. */
  findDone(task: TaskMessage): Promise<unknown>;
}

export interface WorkerKind {
  readonly name: string;
  readonly ledger: Ledger;
  readonly queueUrl: string;
  readonly deadLettersUrl: string;
  readonly stateMachineArn: string;
  readonly steps: ReadonlyMap<string, Step>;
}

/** No repetition can help such a message: it goes to the dead letters without delay. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}
