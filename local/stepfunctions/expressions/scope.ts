import type { Json, JsonObject } from "../../json.ts";

/** What an expression may read: `$` (the state's input or result), `$$` (the context object), `$name` (variables). */
export interface Scope {
  /** The value `$` stands for in JSONPath. */
  readonly input: Json;
  /** The context object: `$$` in JSONPath, `$states.context` in JSONata. */
  readonly context: JsonObject;
  readonly variables: Readonly<Record<string, Json>>;
}

/** What JSONata's `$states` holds; a member that is undefined is not there for this state. */
export interface StatesVariable {
  readonly input: Json;
  readonly context: JsonObject;
  readonly result?: Json;
  readonly errorOutput?: Json;
}

/**
 * An error of the States Language at run time: `States.Runtime`, `States.ParameterPathFailure`, `States.QueryEvaluationError`, …
 * with the cause as AWS words it. It can be retried and caught by its name, except States.Runtime.
 */
export class StatesError extends Error {
  readonly error: string;
  override readonly cause: string;
  /** Where in the state it arose, as `Parameters` or `Output`: for EvaluationFailed events. */
  readonly location: string | undefined;
  /** Whether the cause stands alone; otherwise the interpreter puts before it which state was being executed. */
  readonly bare: boolean;

  constructor(error: string, cause: string, location?: string, bare = false) {
    super(`${error}: ${cause}`);
    this.name = "StatesError";
    this.error = error;
    this.cause = cause;
    this.location = location;
    this.bare = bare;
  }
}
