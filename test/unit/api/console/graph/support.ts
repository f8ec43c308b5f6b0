/** Our state machines, random ones, and the histories that the embedded endpoint's interpreter tells of them. */
import type { HistoryEvent, HistoryEventType } from "@aws-sdk/client-sfn";
import fc from "fast-check";
import { definitionOf } from "../../../../../workflows/definition.ts";
import type { Played } from "../../../stepfunctions/support/play.ts";

export const KINDS = ["requests", "products", "orders", "tasks"];

const seconds = {
  executionTimeoutSeconds: 900,
  taskTimeoutSeconds: 90,
  heartbeatSeconds: 30,
  orderStepSeconds: 60,
  orderHeartbeatSeconds: 30,
};
const QUEUE = "http://127.0.0.1:4566/000000000000/queue";
const queues = ["requestsQueueUrl", "productsQueueUrl", "tasksQueueUrl", "orderQueueUrl", "taskQueueUrl", "notificationQueueUrl"];

export function workflow(kind: string): string {
  return definitionOf(kind, { ...seconds, ...Object.fromEntries(queues.map((name) => [name, QUEUE])) });
}

/** What was played, as GetExecutionHistory tells it. */
export function historyOf({ history }: Pick<Played, "history">): HistoryEvent[] {
  return history.map(({ id, previous, type, at, details = {} }) => {
    const event: HistoryEvent = { id, previousEventId: previous, type: type as HistoryEventType, timestamp: new Date(at) };
    const name = String(details.name);
    if (type.endsWith("StateEntered")) return { ...event, stateEnteredEventDetails: { name } };
    if (type.endsWith("StateExited")) return { ...event, stateExitedEventDetails: { name } };
    if (type === "EvaluationFailed") return { ...event, evaluationFailedEventDetails: { error: "e", state: String(details.state) } };
    const iteration = { name, index: Number(details.index) };
    if (type === "MapIterationStarted") return { ...event, mapIterationStartedEventDetails: iteration };
    if (type === "MapIterationSucceeded") return { ...event, mapIterationSucceededEventDetails: iteration };
    if (type === "MapIterationFailed") return { ...event, mapIterationFailedEventDetails: iteration };
    if (type === "MapIterationAborted") return { ...event, mapIterationAbortedEventDetails: iteration };
    return event;
  });
}

/** Any machine: ways lead where they like, also back, and boxes lie within boxes up to `depth` deep. */
export function definitions(depth: number, prefix = "s"): fc.Arbitrary<object> {
  return fc.integer({ min: 1, max: depth > 1 ? 7 : 4 }).chain((count) => {
    const names = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    return fc
      .tuple(...names.map((name) => state(depth, name, fc.constantFrom(...names))))
      .map((states) => ({ StartAt: `${prefix}0`, States: Object.fromEntries(states.map((one, index) => [names[index] ?? "", one])) }));
  });
}

function state(depth: number, name: string, target: fc.Arbitrary<string>): fc.Arbitrary<object> {
  const onward = fc.oneof({ weight: 3, arbitrary: target.map((Next) => ({ Next })) }, { weight: 1, arbitrary: fc.constant({ End: true }) });
  const caught = fc.record({ ErrorEquals: fc.constant(["States.ALL", "An.Error"]), Next: target });
  const Catch = fc.array(caught, { maxLength: 2 });
  const rules = fc.array(fc.record({ Variable: fc.constant("$.x"), IsPresent: fc.boolean(), Next: target }), {
    minLength: 1,
    maxLength: 3,
  });
  const plain = [
    fc
      .tuple(onward, Catch)
      .map(([way, catchers]) => ({ Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", ...way, Catch: catchers })),
    fc.tuple(rules, target).map(([Choices, Default]) => ({ Type: "Choice", Choices, Default })),
    fc.constant({ Type: "Succeed" }),
  ];
  if (depth === 0) return fc.oneof(...plain);
  const parallel = fc
    .tuple(definitions(depth - 1, `${name}a`), definitions(depth - 1, `${name}b`), onward, Catch)
    .map(([one, two, way, catchers]) => ({ Type: "Parallel", Branches: [one, two], ...way, Catch: catchers }));
  const map = fc.tuple(definitions(depth - 1, `${name}m`), onward).map(([ItemProcessor, way]) => ({ Type: "Map", ItemProcessor, ...way }));
  return fc.oneof(...plain, ...plain, parallel, map);
}
