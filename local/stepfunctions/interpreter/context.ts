import type { Json, JsonObject } from "../../json.ts";
import { isoTime } from "../time.ts";
import type { Thread } from "./execution.ts";
import type { Run } from "./run.ts";

/** The context object as a state sees it: `$$` in JSONPath, `$states.context` in JSONata. */
export function contextOf(
  run: Run,
  thread: Thread,
  extra: { token?: string | undefined; item?: { index: number; value: Json } } = {},
): JsonObject {
  const { facts } = run.execution;
  const context: JsonObject = {
    Execution: {
      Id: facts.executionArn,
      // Parsed when an expression reads it, which most do not.
      get Input() {
        return JSON.parse(facts.input) as Json;
      },
      StartTime: isoTime(facts.startedAt),
      Name: facts.name,
      RoleArn: facts.roleArn,
      RedriveCount: facts.redriveCount,
      ...(facts.redrivenAt === undefined ? {} : { RedriveTime: isoTime(facts.redrivenAt) }),
    },
    StateMachine: { Id: facts.machineArn, Name: facts.machineName },
    State: { Name: thread.state, EnteredTime: isoTime(thread.enteredAt), ...retryCount(run, thread) },
  };
  const item = extra.item ?? nearestItem(run, thread);
  if (item !== undefined) context.Map = { Item: { Index: item.index, Value: item.value } };
  if (extra.token !== undefined) context.Task = { Token: extra.token };
  return context;
}

/** The item of the innermost Map around the thread. */
function nearestItem(run: Run, thread: Thread): { index: number; value: Json } | undefined {
  if (thread.item !== undefined) return { index: thread.index, value: JSON.parse(thread.item) as Json };
  return thread.parent === undefined ? undefined : nearestItem(run, run.thread(thread.parent));
}

/** Only states that can be retried count their retries. */
function retryCount(run: Run, thread: Thread): JsonObject {
  return "retry" in run.stateOf(thread) ? { RetryCount: sum(thread.attempts) } : {};
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
