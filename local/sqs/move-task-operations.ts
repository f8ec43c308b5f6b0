import { randomUUID } from "node:crypto";
import { isObject, type JsonObject } from "../json.ts";
import type { Call, Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { countMessages } from "./counting.ts";
import { invalidParameter, resourceNotFound } from "./errors.ts";
import { boundedInteger, optionalText, requiredText } from "./input.ts";
import { LISTED_MAX, type MoveTask, type MoveTaskTable } from "./move-task-table.ts";
import type { Mover } from "./mover.ts";
import type { Queue } from "./queue.ts";
import type { QueueTable } from "./queue-table.ts";

const RATE_MAX = 500;

/** StartMessageMoveTask, CancelMessageMoveTask and ListMessageMoveTasks. */
export function moveTaskOperations(
  store: Store,
  queues: QueueTable,
  tasks: MoveTaskTable,
  mover: Mover,
  now: () => number,
): [string, Operation][] {
  function existing(arn: string, parameter: string): Queue {
    const queue = queues.byArn(arn);
    if (queue === undefined) {
      throw resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
    }
    return queue;
  }

  function start(call: Call): Promise<JsonObject> {
    const sourceArn = requiredText(call.input, "SourceArn");
    const destinationArn = optionalText(call.input, "DestinationArn");
    const rate = boundedInteger(call.input, "MaxNumberOfMessagesPerSecond", 1, RATE_MAX, `Must be between 1 and ${RATE_MAX}, if provided.`);
    return store.write(() => {
      const source = existing(sourceArn, "SourceArn");
      if (queues.sourcesOf(sourceArn, "", 1).length === 0)
        throw invalidParameter("Source queue must be configured as a Dead Letter Queue.");
      if (destinationArn !== undefined) checkDestination(source, existing(destinationArn, "DestinationArn"));
      if (tasks.isRunningFor(sourceArn)) {
        throw invalidParameter("There is already a task running. Only one active task is allowed for a source queue arn at a given time.");
      }
      const id = randomUUID();
      const startedAt = now();
      const toMove = countMessages(store, source, startedAt).visible;
      tasks.insert({ id, sourceArn, destinationArn, rate, status: "RUNNING", moved: 0, toMove, startedAt, failure: undefined });
      store.afterCommit(() => mover.wake());
      return { TaskHandle: formatHandle(id, sourceArn) };
    });
  }

  function cancel(call: Call): Promise<JsonObject> {
    const handle = parseHandle(requiredText(call.input, "TaskHandle"));
    return store.write(() => {
      existing(handle.sourceArn, "SourceArn");
      const task = tasks.get(handle.taskId);
      if (task === undefined || task.sourceArn !== handle.sourceArn) throw resourceNotFound("Task does not exist.");
      if (task.status !== "RUNNING") throw invalidParameter("Only active tasks can be cancelled.");
      tasks.update(task.id, "CANCELLED", task.moved, undefined);
      return { ApproximateNumberOfMessagesMoved: task.moved };
    });
  }

  function list(call: Call): Promise<JsonObject> {
    const sourceArn = requiredText(call.input, "SourceArn");
    const limit = boundedInteger(call.input, "MaxResults", 1, LISTED_MAX, `Must be between 1 and ${LISTED_MAX}, if provided.`) ?? 1;
    return store.read(() => {
      existing(sourceArn, "SourceArn");
      return { Results: tasks.latest(sourceArn, limit).map(formatTask) };
    });
  }

  return [
    ["StartMessageMoveTask", start],
    ["CancelMessageMoveTask", cancel],
    ["ListMessageMoveTasks", list],
  ];
}

function checkDestination(source: Queue, destination: Queue): void {
  if (source.arn === destination.arn) throw invalidParameter("Source queue and destination queue cannot be the same.");
  if (source.isFifo !== destination.isFifo) throw invalidParameter("Source queue and destination queue must be of the same type.");
}

/** Only a task that runs can be cancelled, so only that one shows its handle. */
function formatTask(task: MoveTask): JsonObject {
  return {
    ...(task.status === "RUNNING" ? { TaskHandle: formatHandle(task.id, task.sourceArn) } : {}),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
    ...(task.rate === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.rate }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure === undefined ? {} : { FailureReason: task.failure }),
    StartedTimestamp: task.startedAt,
  };
}

function formatHandle(taskId: string, sourceArn: string): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn })).toString("base64");
}

function parseHandle(handle: string): { taskId: string; sourceArn: string } {
  const value = parseJson(Buffer.from(handle, "base64").toString());
  if (!isObject(value) || typeof value.taskId !== "string" || typeof value.sourceArn !== "string") {
    throw invalidParameter("Value for parameter TaskHandle is invalid.");
  }
  return { taskId: value.taskId, sourceArn: value.sourceArn };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
