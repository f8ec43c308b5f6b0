import type { Json, JsonObject } from "./json.ts";

/** One call of an AWS operation, parsed from whichever protocol it came by. */
export interface Call {
  /** The operation's name as in AWS's API, as `SendMessage`. */
  readonly operation: string;
  readonly input: JsonObject;
  readonly region: string;
  readonly requestId: string;
  /** Where the caller reached us, as `http://127.0.0.1:4566`: what queue URLs are made of. */
  readonly origin: string;
  /** Aborted when the caller hangs up or the endpoint stops: a long poll must end then. */
  readonly signal: AbortSignal;
}

export type Operation = (call: Call) => JsonObject | Promise<JsonObject>;

/** A service spoken to by operation name (all but S3). What is not in `operations` is answered as unknown. */
export interface Service {
  readonly name: string;
  /** The prefix of X-Amz-Target, as `AmazonSQS`; undefined for a service with the query protocol only. */
  readonly target: string | undefined;
  /** The Content-Type version of its JSON protocol. */
  readonly json: "1.0" | "1.1";
  /** The query protocol's Version and XML namespace, where the service has that protocol. */
  readonly query: QueryProtocol | undefined;
  readonly operations: ReadonlyMap<string, Operation>;
  /** What stands before an error's name in `__type`, as `com.amazonaws.sqs#`; nothing where not given. */
  readonly errorNamespace?: string;
  /** The code it answers an unknown operation with; `UnknownOperationException` where not given. */
  readonly unknownCode?: string;
  /** Takes up what an earlier process left; `origin` is where the endpoint is reached, as `http://127.0.0.1:4566`. */
  start?(origin: string): void;
  /** Ends timers and waiting polls; the store is closed afterwards. */
  stop?(): void;
}

export interface QueryProtocol {
  readonly version: string;
  readonly namespace: string;
  /** Turns the flat form parameters into the operation's input, lists and maps included. */
  parse(operation: string, parameters: ReadonlyMap<string, string>): JsonObject;
  /** The XML inside `<OperationResult>` for a result. */
  format(operation: string, result: JsonObject): Json;
}

/** The one account of the endpoint. */
export const ACCOUNT = "000000000000";
