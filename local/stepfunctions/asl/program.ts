import type { Json, JsonObject } from "../../json.ts";

/**
 * A state machine's definition after parsing: every field checked, every default filled in, every target known to exist.
 * The interpreter works on this alone and never looks at the definition's text again.
 *
 * Templates (Parameters, Arguments, Assign, …) stay JSON: the expression modules read them with the state's language.
 */
export type QueryLanguage = "JSONPath" | "JSONata";

export interface Program extends StateTable {
  comment: string | undefined;
  timeoutSeconds: number | undefined;
}

/** The states of a machine, of a Parallel's branch, or of a Map's item processor. */
export interface StateTable {
  startAt: string;
  states: ReadonlyMap<string, State>;
}

export type State = PassState | TaskState | ChoiceState | WaitState | SucceedState | FailState | ParallelState | MapState;

/** What every state has. Fields of the other query language are always undefined (the parser refuses them). */
export interface CommonState {
  name: string;
  language: QueryLanguage;
  comment: string | undefined;
  /** JSONPath: `$` by default; null means `{}` is the input. */
  inputPath: string | null;
  outputPath: string | null;
  /** JSONata: undefined where not given. */
  output: Json | undefined;
  /** The template of Assign, in the state's language. */
  assign: JsonObject | undefined;
}

/** Where a state leads: to another state, or to the end of its table. */
export type Transition = { next: string } | { end: true };

export interface PassState extends CommonState {
  type: "Pass";
  result: Json | undefined;
  parameters: Json | undefined;
  /** null discards the result. */
  resultPath: string | null;
  transition: Transition;
}

export interface TaskState extends CommonState {
  type: "Task";
  resource: string;
  /** JSONPath's Parameters. */
  parameters: Json | undefined;
  /** JSONata's Arguments. */
  arguments: Json | undefined;
  credentials: Json | undefined;
  resultSelector: JsonObject | undefined;
  resultPath: string | null;
  timeout: Seconds | undefined;
  heartbeat: Seconds | undefined;
  retry: Retrier[];
  catch: Catcher[];
  transition: Transition;
}

/** A duration: a number in the definition, a path (`TimeoutSecondsPath`), or a JSONata expression `{% … %}`. */
export type Seconds = { seconds: number } | { path: string } | { jsonata: string };

export interface ChoiceState extends CommonState {
  type: "Choice";
  choices: ChoiceRule[];
  default: string | undefined;
}

export interface ChoiceRule {
  next: string;
  assign: JsonObject | undefined;
  output: Json | undefined;
  /** JSONPath: the rule's comparison; JSONata: the text of Condition (or a literal boolean). */
  test: { comparison: Comparison } | { condition: string | boolean };
}

/** A JSONPath choice rule's test. `path` operators end in `Path` in the definition: their operand is read from the input. */
export type Comparison =
  | { op: "And" | "Or"; of: Comparison[] }
  | { op: "Not"; of: Comparison }
  | { op: string; variable: string; operand: Json; operandIsPath: boolean };

export interface WaitState extends CommonState {
  type: "Wait";
  until: Seconds | { moment: number } | { timestampPath: string } | { timestampJsonata: string };
  transition: Transition;
}

export interface SucceedState extends CommonState {
  type: "Succeed";
}

export interface FailState extends CommonState {
  type: "Fail";
  /** A text, a path or intrinsic (ErrorPath/CausePath), or a JSONata expression. */
  error: FailText | undefined;
  cause: FailText | undefined;
}

export type FailText = { text: string } | { path: string } | { jsonata: string };

export interface ParallelState extends CommonState {
  type: "Parallel";
  branches: StateTable[];
  parameters: Json | undefined;
  arguments: Json | undefined;
  resultSelector: JsonObject | undefined;
  resultPath: string | null;
  retry: Retrier[];
  catch: Catcher[];
  transition: Transition;
}

export interface MapState extends CommonState {
  type: "Map";
  processor: StateTable;
  /** JSONPath's ItemsPath; `$` by default. */
  itemsPath: string;
  /** JSONata's Items: an array literal or an expression; also JSONPath's literal Items where AWS takes one. */
  items: Json | undefined;
  /** ItemSelector (or the older Parameters), in the state's language. */
  itemSelector: Json | undefined;
  maxConcurrency: { count: number } | { path: string } | { jsonata: string };
  toleratedCount: { count: number } | { path: string } | { jsonata: string } | undefined;
  toleratedPercentage: { percent: number } | { path: string } | { jsonata: string } | undefined;
  resultSelector: JsonObject | undefined;
  resultPath: string | null;
  retry: Retrier[];
  catch: Catcher[];
  transition: Transition;
}

export interface Retrier {
  errorEquals: string[];
  intervalSeconds: number;
  maxAttempts: number;
  backoffRate: number;
  maxDelaySeconds: number | undefined;
  jitter: "FULL" | "NONE";
}

export interface Catcher {
  errorEquals: string[];
  next: string;
  /** JSONPath; `$` by default, null discards the error output. */
  resultPath: string | null;
  output: Json | undefined;
  assign: JsonObject | undefined;
}
