import { AwsError } from "../../errors.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import type { Store } from "../../store.ts";
import type { ExecutionRow } from "../executions.ts";
import type { Failure, OutstandingTask, Stimulus } from "../interpreter/execution.ts";
import { callFailure } from "./failures.ts";
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
  /** By operation name, as `sendMessage`. */
  operations: Readonly<Record<string, LocalOperation>>;
  startExecution(input: JsonObject, caller: Caller | undefined): JsonObject;
}

/** Calls the services a Task state names, and turns their answers into what the interpreter is told. */
export class Integrations {
  readonly #parts: IntegrationParts;

  constructor(parts: IntegrationParts) {
    this.#parts = parts;
  }

  call(task: OutstandingTask, caller: Caller): Stimulus[] {
    const [operation = "", pattern = ""] = splitOnce(task.resource);
    const { thread } = caller;
    const waits = pattern !== "";
    try {
      const output = JSON.stringify(this.#invoke(operation, pattern, task, caller));
      return [waits ? { type: "submitted", thread, output } : { type: "succeeded", thread, output }];
    } catch (error) {
      if (!(error instanceof AwsError) || error.status >= 500) throw error;
      return [{ type: "failed", thread, failure: callFailure(task, error), submission: waits }];
    }
  }

  #invoke(operation: string, pattern: string, task: OutstandingTask, caller: Caller): JsonObject {
    const input = parameters(task);
    const region = caller.arn.split(":")[3] ?? "us-east-1";
    const result = this.#parts.store.within(() => {
      if (operation === "startExecution") return this.#parts.startExecution(input, pattern.startsWith("sync") ? caller : undefined);
      const local = this.#parts.operations[operation];
      if (local === undefined)
        throw new AwsError("UnknownOperationException", `The embedded endpoint does not cover ${task.resourceType}:${operation}.`);
      return local(input, region);
    });
    return task.resourceType.startsWith("aws-sdk:") ? result : withMetadata(result);
  }

  /** What the task that started an execution and waited for it is told when that execution ends. */
  startedEnded(row: ExecutionRow, resource: string): StartedAnswer {
    const described = describeStarted(row, resource.endsWith(":2"));
    if (row.status === "SUCCEEDED") return { type: "succeeded", output: described };
    return { type: "failed", failure: { error: "States.TaskFailed", cause: described }, submission: false };
  }
}

export type StartedAnswer = { type: "succeeded"; output: string } | { type: "failed"; failure: Failure; submission: false };

function splitOnce(resource: string): [string, string] {
  const dot = resource.indexOf(".");
  return dot < 0 ? [resource, ""] : [resource.slice(0, dot), resource.slice(dot + 1)];
}

/** The call's input. A message body or an execution's input may be given as JSON and is sent as its text. */
function parameters(task: OutstandingTask): JsonObject {
  const value = JSON.parse(task.parameters) as Json;
  const input: JsonObject = isObject(value) ? { ...value } : {};
  for (const name of ["MessageBody", "Input"]) {
    const member = input[name];
    if (member !== undefined && member !== null && typeof member !== "string") input[name] = JSON.stringify(member);
  }
  return input;
}

/** AWS's own integrations hand over the HTTP answer's metadata with the result; the general SDK integration does not. */
function withMetadata(result: JsonObject): JsonObject {
  const length = String(Buffer.byteLength(JSON.stringify(result)));
  const requestId = crypto.randomUUID();
  const headers = {
    "x-amzn-RequestId": requestId,
    connection: "keep-alive",
    "Content-Length": length,
    Date: new Date().toUTCString(),
    "Content-Type": "application/x-amz-json-1.0",
  };
  return {
    ...result,
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
