/**
 * What becomes of a message that its queue gave up on: it is kept for a person, its execution told, and then it is deleted.
 *
 * - Where its step was done after all (only the answer failed), the execution succeeds with the answer it should have had.
 * - Where attempts at it have failed, the execution fails as `StepFailed`, with the last reason, and is not tried again by
 *   itself. Where none was noted, workers died at it: `WorkerLost`, which the workflow tries again.
 * - It is open for a person only where nothing will try again: an event that is still pending comes again by the relay.
 * - It is kept before anybody is told, so whatever is interrupted, it is in its queue or in the table, or both.
 */
import type { SFNClient } from "@aws-sdk/client-sfn";
import { crashPoint } from "../config/crash-points.ts";
import type { Logger } from "../config/logger.ts";
import type { Tracer } from "../config/tracing.ts";
import { attemptsOf, type DeadLetter, type FailureStore, keepDeadLetter } from "../domain/failures.ts";
import { readStanding } from "../domain/standing.ts";
import { InvalidMessage, maskTaskToken, parseTaskMessage, type TaskMessage, taskTokenOf } from "../workflows/message.ts";
import { queueName } from "../workflows/queue-name.ts";
import type { Counters } from "./counters.ts";
import type { Message } from "./queue.ts";
import type { WorkerKind, WorkQueue } from "./step.ts";
import { tracedBy } from "./task.ts";
import { type Answered, sendFailure, sendSuccess } from "./task-token.ts";

export interface DeadLetterOffice {
  readonly kind: WorkerKind;
  /** The queues whose dead letters these are. */
  readonly queues: readonly [WorkQueue, ...WorkQueue[]];
  readonly sfn: SFNClient;
  readonly failures: FailureStore;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly tracer: Tracer;
}

/** How its execution is ended. */
type Ending = { readonly output: unknown } | { readonly error: "StepFailed" | "WorkerLost"; readonly cause: string };

export async function handleDeadLetter(office: DeadLetterOffice, message: Message): Promise<void> {
  const { kind, tracer } = office;
  const queue = sourceOf(office, message);
  const task = taskOf(kind, message);
  if (task === undefined) return keep(office, message, { queue, task });
  const { parent, attributes } = tracedBy(task, queue.deadLettersUrl);
  const name = `dead letter ${kind.ledger.kind.name} ${task.step}`;
  await tracer.span(name, { kind: "consumer", parent, attributes }, async (span) => {
    await keep(office, message, { queue, task });
    span.fail("dead_letter");
  });
}

interface Read {
  readonly queue: WorkQueue;
  readonly task: TaskMessage | undefined;
}

async function keep(office: DeadLetterOffice, message: Message, { queue, task }: Read): Promise<void> {
  const { kind, failures, logger, counters } = office;
  const step = task && queue.steps.get(task.step);
  const key = { queue: queueName(queue.url), messageId: message.id };
  const [attempts, output, state] = await Promise.all([
    attemptsOf(failures, key),
    task && step?.findDone(task),
    task && step?.isDispensable !== true ? stateOf(kind, task) : ("open" as const),
  ]);
  const ending: Ending = output === undefined ? failureOf(attempts.at(-1)?.reason, attempts.length) : { output };
  const reason = "cause" in ending ? ending.cause : "The step was done; only the answer to its execution had failed.";
  const letter: DeadLetter = {
    ...key,
    kind: kind.ledger.kind.name,
    body: maskTaskToken(message.body),
    reason,
    state: output === undefined ? state : "resolved",
    ...(task && { eventId: task.event.eventId, recordId: task.event.id }),
  };
  await keepDeadLetter(failures, letter);
  crashPoint("dead-letters:after-keep");
  const answered = await answer(office, message, ending);
  crashPoint("dead-letters:after-answer");
  counters.add("worker_dead_letters_total");
  const { eventId, http } = task?.event ?? {};
  const fields = { eventId, http, messageId: message.id, state: letter.state, attempts: attempts.length, answered, reason };
  logger.warn(fields, "a dead letter was kept");
}

function failureOf(reason: string | undefined, attempts: number): Ending {
  if (reason === undefined) {
    const cause =
      "Workers received the message again and again, and none of them said why it was not done: they may have been killed at it.";
    return { error: "WorkerLost", cause };
  }
  return { error: "StepFailed", cause: `${attempts} attempts failed, the last one because: ${reason}` };
}

async function answer({ sfn, counters }: DeadLetterOffice, { body }: Message, ending: Ending): Promise<Answered | "nobody"> {
  const token = taskTokenOf(body);
  if (token === undefined) return "nobody";
  const answered = await ("output" in ending
    ? sendSuccess(sfn, token, ending.output)
    : sendFailure(sfn, token, ending.error, ending.cause));
  if (answered === "stale") counters.add("worker_stale_tokens_total");
  return answered;
}

/** The queue that gave it up. Where the endpoint does not say which, it is the only one it can be, or taken for the first. */
function sourceOf({ queues }: DeadLetterOffice, { source }: Message): WorkQueue {
  return queues.find(({ url }) => queueName(url) === source) ?? queues[0];
}

async function stateOf({ ledger }: WorkerKind, { event }: TaskMessage): Promise<"open" | "retrying"> {
  // What is given up already has a failure of its own, under its event.
  const { standing } = await readStanding(ledger, event);
  return standing === "pending" || standing === "failed" ? "retrying" : "open";
}

/** Undefined where it is no task of this kind. */
function taskOf({ ledger }: WorkerKind, { body }: Message): TaskMessage | undefined {
  try {
    const task = parseTaskMessage(body);
    return task.event.kind === ledger.kind.name ? task : undefined;
  } catch (error) {
    if (error instanceof InvalidMessage) return undefined;
    throw error;
  }
}
