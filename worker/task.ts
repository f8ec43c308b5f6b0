/**
 * A message that is a step of a workflow: the step is done, then its execution is answered, and only then the message deleted.
 *
 * - Dying anywhere between is made good by the message, which comes again: a step that was done tells what it told before.
 * - While the step is at work its execution is told so, now and then.
 * - An execution that waits no more, or never did, is no failure: the message is deleted, and that is counted.
 * - A step that refuses ends its execution's wait as failed, and its message is done with.
 * - A message that no step can be done for fails at once, with a reason for a person.
 */
import type { SFNClient } from "@aws-sdk/client-sfn";
import { crashPoint } from "../config/crash-points.ts";
import type { Logger } from "../config/logger.ts";
import type { Span, Tracer } from "../config/tracing.ts";
import { InvalidMessage, isTask, parseTaskMessage, type TaskMessage } from "../workflows/message.ts";
import { queueName } from "../workflows/queue-name.ts";
import type { Counters } from "./counters.ts";
import type { Message } from "./queue.ts";
import { reasonOf } from "./reasons.ts";
import { Refused, type Step, type StepContext, Unusable, type WorkerKind, type WorkQueue } from "./step.ts";
import { type Answered, sendFailure, sendHeartbeat, sendSuccess } from "./task-token.ts";

export interface TaskWorker {
  readonly kind: WorkerKind;
  readonly queue: WorkQueue;
  readonly sfn: SFNClient;
  readonly beatSeconds: number;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly tracer: Tracer;
}

export async function handleTask(worker: TaskWorker, message: Message, signal: AbortSignal): Promise<void> {
  const { queue, counters, tracer } = worker;
  if (queue.takeOther !== undefined && !isTask(message.body))
    return queue.takeOther(message, { logger: worker.logger, counters, signal, receives: message.receives });
  const task = usableTask(message);
  const step = stepFor(worker, task);
  const { parent, attributes } = tracedBy(task, queue.url);
  const name = `process ${worker.kind.ledger.kind.name} ${task.step}`;
  await tracer.span(name, { kind: "consumer", parent, attributes }, (span) => carryOut(worker, { message, task, step, span }, signal));
}

/** The trace that a message belongs to, and what is said of it there. */
export function tracedBy(task: TaskMessage, queueUrl: string) {
  const { kind, eventId, http, traceparent: parent } = task.event;
  const attributes = {
    "messaging.system": "aws_sqs",
    "messaging.operation.type": "process",
    "messaging.destination.name": queueName(queueUrl),
    "milepost.kind": kind,
    "milepost.event_id": eventId,
    "milepost.step": task.step,
    "milepost.http": http,
  };
  return { parent, attributes };
}

interface Work {
  readonly message: Message;
  readonly task: TaskMessage;
  readonly step: Step;
  readonly span: Span;
}

async function carryOut(worker: TaskWorker, { message, task, step, span }: Work, signal: AbortSignal): Promise<void> {
  const { sfn, counters } = worker;
  const { eventId, http } = task.event;
  const logger = worker.logger.child({ eventId, http, execution: task.execution, receives: message.receives });
  const context = { logger, counters, signal, receives: message.receives };
  const ending = await whileBeating({ ...worker, logger }, task, signal, () => endingOf(step, task, context));
  crashPoint("worker:after-history");
  const answered = await tell(sfn, task.taskToken, ending);
  span.set({ "milepost.outcome": answered === "stale" ? "stale" : "refused" in ending ? "refused" : "done" });
  if (answered === "stale") {
    counters.add("worker_stale_tokens_total");
    logger.info("the execution waits for no answer any more");
  } else counters.add("worker_processed_total");
  crashPoint("worker:after-success");
}

type Ending = { readonly output: unknown } | { readonly refused: Refused };

async function endingOf(step: Step, task: TaskMessage, context: StepContext): Promise<Ending> {
  try {
    return { output: await step.run(task, context) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    context.logger.info({ error: error.error, reason: error.message }, "a step was refused");
    return { refused: error };
  }
}

function tell(sfn: SFNClient, token: string, ending: Ending): Promise<Answered> {
  return "output" in ending
    ? sendSuccess(sfn, token, ending.output)
    : sendFailure(sfn, token, ending.refused.error, ending.refused.message);
}

/** The step a message asks for. One for another kind, or of a workflow this worker does not know, cannot be done here. */
export function stepFor({ kind, queue }: Pick<TaskWorker, "kind" | "queue">, { step: name, event }: TaskMessage): Step {
  const { kind: served } = kind.ledger;
  if (event.kind !== served.name) throw new Unusable(`The message is about a record of kind ${event.kind}, not of ${served.name}.`);
  const step = queue.steps.get(name);
  if (step === undefined) throw new Unusable(`There is no step ${name} for ${served.name}.`);
  return step;
}

function usableTask({ body }: Message): TaskMessage {
  try {
    return parseTaskMessage(body);
  } catch (error) {
    if (error instanceof InvalidMessage) throw new Unusable(error.message);
    throw error;
  }
}

async function whileBeating<Output>(
  { sfn, beatSeconds, logger }: TaskWorker,
  { taskToken }: TaskMessage,
  signal: AbortSignal,
  work: () => Promise<Output>,
): Promise<Output> {
  const beat = async () => {
    try {
      if (!signal.aborted && (await sendHeartbeat(sfn, taskToken)) === "answered") return;
      // Nobody waits for it; the step is finished all the same, since it may be half done.
      clearInterval(timer);
    } catch (error) {
      logger.debug({ reason: reasonOf(error) }, "the execution could not be told that its step is at work");
    }
  };
  const timer = setInterval(() => void beat(), beatSeconds * 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
