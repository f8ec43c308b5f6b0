import type { Json, JsonObject } from "../../json.ts";
import type { TaskState } from "../asl/program.ts";
import { parseResource, type Resource } from "../asl/resources.ts";
import { StatesError } from "../expressions/scope.ts";
import { supportedParameters } from "../integrations/parameters.ts";
import { complete, dataLimitExceeded, effectiveInput, evaluateTemplate, scopeBefore, workInput } from "./dataflow.ts";
import type { Failure, OutstandingTask, Thread } from "./execution.ts";
import { failState, failureDetails } from "./failure.ts";
import { exceedsPayload } from "./limits.ts";
import type { Run } from "./run.ts";
import { taskSeconds } from "./wait.ts";

/** The life of a task: scheduled, started, perhaps submitted and waiting for its token, and its one end. */

/** Fills in the call's parameters and writes down that it is to be made. */
export function scheduleTask(run: Run, thread: Thread, state: TaskState): void {
  const resource = resourceOf(state.resource);
  // A task that waits for the execution it starts has a token too, and ends by whichever comes first.
  const token = resource.pattern !== "requestResponse" ? run.world.token(thread.id, run.execution.lastEvent + 1) : undefined;
  const filled = workInput(run, thread, state, state.language === "JSONPath" ? state.parameters : state.arguments, token);
  const parameters = supportedParameters(resource, filled);
  const task: OutstandingTask = {
    resource: resource.resource,
    resourceType: resource.resourceType,
    token,
    parameters,
    timeoutSeconds: taskSeconds(run, thread, state, state.timeout, "TimeoutSeconds"),
    heartbeatSeconds: taskSeconds(run, thread, state, state.heartbeat, "HeartbeatSeconds"),
  };
  run.emit(thread, "TaskScheduled", scheduledDetails(run, thread, state, task));
  run.become(thread, { at: "scheduled", task });
  if (task.timeoutSeconds !== undefined) run.setTimer(thread, "timeout", run.world.now + task.timeoutSeconds * 1000);
  if (task.heartbeatSeconds !== undefined) run.setTimer(thread, "heartbeat", run.world.now + task.heartbeatSeconds * 1000);
  run.enqueue(thread);
}

/** The call is made when this step is committed, or within it where the service is our own. */
export function sendCall(run: Run, thread: Thread): void {
  const task = outstanding(thread);
  if (task === undefined) return;
  run.emit(thread, "TaskStarted", names(task));
  run.become(thread, { at: "started", task });
  run.effects.push({ do: "call", thread: thread.id, task });
}

export function taskSubmitted(run: Run, thread: Thread, output: string): void {
  const task = outstanding(thread);
  if (task === undefined) return;
  run.emit(thread, "TaskSubmitted", { ...names(task), output, outputDetails: { truncated: false } });
}

export function taskSucceeded(run: Run, thread: Thread, output: string): void {
  const task = outstanding(thread);
  const state = run.stateOf(thread);
  if (task === undefined || state.type !== "Task") return;
  if (exceedsPayload(output)) {
    const { error, cause } = dataLimitExceeded(task.resourceType);
    return taskFailed(run, thread, { error, cause });
  }
  run.endWaiting(thread);
  run.emit(thread, "TaskSucceeded", { ...names(task), output, outputDetails: { truncated: false } });
  complete(run, thread, state, output, state.transition);
}

export function taskFailed(run: Run, thread: Thread, failure: Failure, type = "TaskFailed"): void {
  const task = outstanding(thread);
  if (task === undefined) return;
  run.emit(thread, type, { ...names(task), ...failureDetails(failure) });
  failState(run, thread, failure);
}

export function taskTimedOut(run: Run, thread: Thread, heartbeat: boolean): void {
  taskFailed(
    run,
    thread,
    { error: "States.Timeout", cause: undefined, timedOut: true, ...(heartbeat ? { alias: "States.HeartbeatTimeout" } : {}) },
    "TaskTimedOut",
  );
}

/** A beat moves the heartbeat's moment; a task without one takes it as a sign of life that changes nothing. */
export function taskBeat(run: Run, thread: Thread): void {
  const task = outstanding(thread);
  if (task?.heartbeatSeconds !== undefined) run.setTimer(thread, "heartbeat", run.world.now + task.heartbeatSeconds * 1000);
}

/** The task a thread waits for, or undefined where it has already ended. */
export function outstanding(thread: Thread): OutstandingTask | undefined {
  return thread.phase.at === "started" || thread.phase.at === "scheduled" ? thread.phase.task : undefined;
}

function resourceOf(arn: string): Resource {
  const resource = parseResource(arn);
  if ("problem" in resource) throw new StatesError("States.Runtime", resource.problem);
  return resource;
}

function scheduledDetails(run: Run, thread: Thread, state: TaskState, task: OutstandingTask): JsonObject {
  const details: JsonObject = { ...names(task), region: run.execution.facts.executionArn.split(":")[3] ?? "", parameters: task.parameters };
  if (task.timeoutSeconds !== undefined) details.timeoutInSeconds = task.timeoutSeconds;
  if (task.heartbeatSeconds !== undefined) details.heartbeatInSeconds = task.heartbeatSeconds;
  if (state.credentials !== undefined) details.taskCredentials = { roleArn: credentialsRole(run, thread, state, state.credentials) };
  return details;
}

function credentialsRole(run: Run, thread: Thread, state: TaskState, credentials: Json): Json {
  const scope = scopeBefore(run, thread, state, effectiveInput(run, thread, state));
  const filled = evaluateTemplate(credentials, scope, "Credentials");
  return typeof filled === "object" && filled !== null && !Array.isArray(filled) ? (filled.RoleArn ?? "") : "";
}

function names(task: OutstandingTask): JsonObject {
  return { resourceType: task.resourceType, resource: task.resource };
}
