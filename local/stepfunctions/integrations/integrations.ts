import { randomUUID } from "node:crypto";
import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import { asAwsError } from "../../protocol/answer.ts";
import type { Operation } from "../../service.ts";
import type { Store } from "../../store.ts";
import { parseResource, type Resource } from "../asl/resources.ts";
import type { ExecutionRow } from "../execution-row.ts";
import type { Failure, OutstandingTask, Stimulus } from "../interpreter/execution.ts";
import { callFailure, unreachableQueue } from "./failures.ts";
import { withMetadata } from "./metadata.ts";
import { callInput } from "./parameters.ts";
import { fromApi, toApi, upperInitial } from "./spelling.ts";
import { describeStarted } from "./started.ts";

/** A service's operation as Step Functions calls it: at once, inside the write that is under way. */
export type LocalOperation = (input: JsonObject, region: string) => JsonObject;

export interface Caller {
  execution: number;
  thread: number;
  arn: string;
}

export interface IntegrationParts {
  store: Store;
  /** The operations that run inside the caller's write, by name, as `sendMessage`. */
  operations: Readonly<Record<string, LocalOperation>>;
  startExecution(input: JsonObject, caller: Caller | undefined): JsonObject;
  /** Any operation of a service as the service's own callers have it, by its API's name. */
  operation(service: Resource["service"], name: string): Operation | undefined;
  /** Where callers reach the endpoint: what the addresses of queues begin with. */
  origin(): string;
}

/** Calls the services a Task state names, and turns their answers into what the interpreter is told. */
export class Integrations {
  readonly #parts: IntegrationParts;

  constructor(parts: IntegrationParts) {
    this.#parts = parts;
  }

  /** Whether a call is made inside the write that decides on it; all others are made after it, by `request`. */
  isImmediate(task: OutstandingTask): boolean {
    return this.startsExecution(task) || Object.hasOwn(this.#parts.operations, resourceOf(task).operation);
  }

  startsExecution(task: OutstandingTask): boolean {
    return resourceOf(task).operation === "startExecution";
  }

  call(task: OutstandingTask, caller: Caller): Stimulus[] {
    const resource = resourceOf(task);
    const input = callInput(task);
    const unreachable = unreachableQueue(resource, input);
    if (unreachable !== undefined) return [failed(resource, caller, unreachable)];
    try {
      const result = this.#parts.store.within(() => this.#invoke(resource, input, caller));
      return [answered(resource, caller, result)];
    } catch (error) {
      if (!(error instanceof AwsError) || error.status >= 500) throw error;
      return [failed(resource, caller, callFailure(resource, error))];
    }
  }

  #invoke({ service, operation, pattern, sdk }: Resource, input: JsonObject, caller: Caller): JsonObject {
    if (operation === "startExecution") {
      const waits = pattern === "sync" || pattern === "sync2";
      const started = this.#parts.startExecution(toApi(service, operation, input), waits ? caller : undefined);
      return sdk ? fromApi(service, started) : withMetadata(service, operation, startedResult(started));
    }
    const local = this.#parts.operations[operation];
    if (local === undefined) throw notCovered(service, operation);
    if (sdk) return fromApi(service, local(toApi(service, operation, input), regionOf(caller)));
    return withMetadata(service, operation, local(input, regionOf(caller)));
  }

  /**
   * Makes a call of its own, outside any write. Rejects only where the endpoint's file cannot be written just now, so that the
   * call can be made again; whatever else goes wrong is an answer.
   */
  async request(task: OutstandingTask, caller: Caller, signal: AbortSignal): Promise<Stimulus> {
    const resource = resourceOf(task);
    const { service, operation } = resource;
    const name = upperInitial(operation);
    try {
      const handler = this.#parts.operation(service, name);
      if (handler === undefined) throw notCovered(service, operation);
      const result = await handler({
        operation: name,
        input: toApi(service, operation, callInput(task)),
        region: regionOf(caller),
        requestId: randomUUID(),
        origin: this.#parts.origin(),
        signal,
      });
      return answered(resource, caller, fromApi(service, result));
    } catch (thrown) {
      const error = asAwsError(thrown, `${task.resourceType}:${task.resource} of a Task state`);
      if (error.code === "ServiceUnavailable") throw error;
      return failed(resource, caller, callFailure(resource, error));
    }
  }

  /** What the task that started an execution and waited for it is told when that execution ends. */
  startedEnded(row: ExecutionRow, resource: string): StartedAnswer {
    const described = describeStarted(row, resource.endsWith(":2"));
    if (row.status === "SUCCEEDED") return { type: "succeeded", output: described };
    return { type: "failed", failure: { error: "States.TaskFailed", cause: described }, submission: false };
  }
}

export type StartedAnswer = { type: "succeeded"; output: string } | { type: "failed"; failure: Failure; submission: false };

/** The resource was covered when its machine was created. */
function resourceOf(task: OutstandingTask): Resource {
  const resource = parseResource(`arn:aws:states:::${task.resourceType}:${task.resource}`);
  if ("problem" in resource) throw new Error(resource.problem);
  return resource;
}

function regionOf(caller: Caller): string {
  return caller.arn.split(":")[3] ?? "us-east-1";
}

function notCovered(service: string, operation: string): AwsError {
  return new AwsError("UnknownOperationException", `The embedded endpoint does not cover ${service}:${operation}.`);
}

/** AWS's own integration gives the moment an execution started in milliseconds. */
function startedResult({ executionArn = null, startDate }: JsonObject): JsonObject {
  return { ExecutionArn: executionArn, StartDate: typeof startDate === "number" ? Math.round(startDate * 1000) : null };
}

/** A task that waits for something after its call's answer has only submitted it. */
function answered({ pattern }: Resource, { thread }: Caller, result: JsonObject): Stimulus {
  const output = JSON.stringify(result);
  return pattern === "requestResponse" ? { type: "succeeded", thread, output } : { type: "submitted", thread, output };
}

function failed({ pattern }: Resource, { thread }: Caller, failure: Failure): Stimulus {
  return { type: "failed", thread, failure, submission: pattern !== "requestResponse" };
}
