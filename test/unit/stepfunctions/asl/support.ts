import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../../local/json.ts";
import type { Diagnostic } from "../../../../local/stepfunctions/asl/diagnostics.ts";
import { parseDefinition } from "../../../../local/stepfunctions/asl/parse.ts";
import type { Program, State } from "../../../../local/stepfunctions/asl/program.ts";

/** A definition whose first state is `state`, named "S", which may lead to "Next". */
export function machineOf(state: Json, top: JsonObject = {}): JsonObject {
  const states: JsonObject = { S: state };
  if (JSON.stringify(state).includes('"Next":"Next"')) states.Next = { Type: "Succeed" };
  return { StartAt: "S", States: states, ...top };
}

export function parse(definition: JsonObject | string): ReturnType<typeof parseDefinition> {
  return parseDefinition(typeof definition === "string" ? definition : JSON.stringify(definition));
}

/** The errors of a definition, each as `code: message at location`. */
export function errorsOf(definition: JsonObject | string): string[] {
  const parsed = parse(definition);
  return "program" in parsed ? [] : printed(parsed.diagnostics, "ERROR");
}

export function warningsOf(definition: JsonObject): string[] {
  const parsed = parse(definition);
  return printed("program" in parsed ? parsed.warnings : parsed.diagnostics, "WARNING");
}

function printed(diagnostics: readonly Diagnostic[], wanted: Diagnostic["severity"]): string[] {
  return diagnostics
    .filter(({ severity }) => severity === wanted)
    .map(({ code, message, location }) => `${code}: ${message} at ${location ?? "-"}`);
}

/** The program of a definition that must have none but warnings. */
export function programOf(definition: JsonObject): Program {
  const parsed = parse(definition);
  assert.ok("program" in parsed, `refused: ${errorsOf(definition).join(", ")}`);
  return parsed.program;
}

/** The state "S" of a definition, which must be of the given type. */
export function stateOf<T extends State["type"]>(definition: JsonObject, type: T): Extract<State, { type: T }> {
  const state = programOf(definition).states.get("S");
  assert.equal(state?.type, type);
  return state as Extract<State, { type: T }>;
}

/** A schema error. */
export function schema(message: string, location: string): string {
  return `SCHEMA_VALIDATION_FAILED: ${message} at ${location}`;
}

/** One case of a rule: the sentence it shows, a state that breaks it, and what is said. */
export type Case = [title: string, state: Json, errors: string[], top?: JsonObject];

/** One test for each case. */
export function refuses(cases: readonly Case[]): void {
  for (const [title, state, expected, top] of cases) {
    it(title, () => {
      // Prepare
      const definition = machineOf(state, top);
      // Act
      const errors = errorsOf(definition);
      // Assess
      assert.deepEqual(errors, expected);
    });
  }
}

/** A Task that sends a message, complete in itself. */
export const SEND: JsonObject = {
  Type: "Task",
  Resource: "arn:aws:states:::sqs:sendMessage",
  Parameters: { QueueUrl: "http://q", "MessageBody.$": "$" },
  End: true,
};

export const INNER: JsonObject = { StartAt: "In", States: { In: { Type: "Pass", End: true } } };
