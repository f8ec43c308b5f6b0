import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import { sameText } from "../../same-text.ts";
import type { OutstandingTask } from "../interpreter/execution.ts";
import { PAYLOAD_BYTES_MAX } from "../interpreter/limits.ts";
import { outstanding } from "../interpreter/task.ts";
import type { Parts } from "../parts.ts";
import { invalid, isJson, optionalString, requiredString } from "../validation.ts";

/** SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat: what a worker says by its task token. */

const TOKEN_LENGTH_MAX = 2048;

export function sendTaskSuccess(parts: Parts, input: JsonObject): JsonObject {
  const output = requiredString(input, "output");
  const { execution, thread, task } = waitingTask(parts, input);
  if (Buffer.byteLength(output) > PAYLOAD_BYTES_MAX) {
    throw invalid(`Value at 'output' failed to satisfy constraint: Member must have length less than or equal to ${PAYLOAD_BYTES_MAX}`);
  }
  if (!isJson(output)) throw new AwsError("InvalidOutput", "Invalid Output: 'Invalid JSON'");
  if (task.resource.includes(".sync")) parts.engine.releaseStarted(execution, thread);
  parts.engine.tell(execution, { type: "succeeded", thread, output });
  return {};
}

export function sendTaskFailure(parts: Parts, input: JsonObject): JsonObject {
  const error = optionalString(input, "error", 256);
  const cause = optionalString(input, "cause", 32_768);
  const { execution, thread } = waitingTask(parts, input);
  parts.engine.tell(execution, { type: "failed", thread, failure: { error, cause }, submission: false });
  return {};
}

export function sendTaskHeartbeat(parts: Parts, input: JsonObject): JsonObject {
  const { execution, thread } = waitingTask(parts, input);
  parts.engine.tell(execution, { type: "heartbeat", thread });
  return {};
}

/** The thread that waits for this very token. One that was answered, timed out or stopped waits no more. */
function waitingTask(parts: Parts, input: JsonObject): { execution: number; thread: number; task: OutstandingTask } {
  const token = requiredString(input, "taskToken", TOKEN_LENGTH_MAX);
  const owner = parts.tokens.read(token);
  if (owner === undefined) throw invalidToken();
  const execution = parts.executions.load(owner.execution);
  const thread = execution?.threads.get(owner.thread);
  const task = thread === undefined ? undefined : outstanding(thread);
  if (task?.token !== undefined && sameText(task.token, token)) return { execution: owner.execution, thread: owner.thread, task };
  if (!owner.isGenuine) throw invalidToken();
  if (execution === undefined) throw new AwsError("TaskDoesNotExist", "Task does not exist: 'Provided task does not exist anymore'");
  throw new AwsError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
}

function invalidToken(): AwsError {
  return new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
}
