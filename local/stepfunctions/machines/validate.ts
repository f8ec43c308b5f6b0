import type { JsonObject } from "../../json.ts";
import type { Call } from "../../service.ts";
import type { Diagnostic } from "../asl/diagnostics.ts";
import { parseDefinition } from "../asl/parse.ts";
import { Input } from "./input.ts";

const RESULTS_MAX = 100;

/** ValidateStateMachineDefinition: what CreateStateMachine would say, as a list instead of an error. Needs no machine. */
export function validateDefinition(call: Call): JsonObject {
  const input = new Input(call.input);
  const text = input.requiredText("definition", { min: 1, max: 1_048_576 });
  const type = input.text("type", { values: ["STANDARD", "EXPRESS"] });
  const severity = input.text("severity", { values: ["ERROR", "WARNING"] });
  const asked = input.integer("maxResults", 0, RESULTS_MAX) ?? 0;
  input.check();
  const found = findings(text, type === "EXPRESS").filter((diagnostic) => severity === "WARNING" || diagnostic.severity === "ERROR");
  const limit = asked === 0 ? RESULTS_MAX : asked;
  return {
    result: found.some((diagnostic) => diagnostic.severity === "ERROR") ? "FAIL" : "OK",
    diagnostics: found.slice(0, limit).map(({ severity: level, code, message, location }) => ({
      severity: level,
      code,
      message,
      ...(location === undefined ? {} : { location }),
    })),
    truncated: found.length > limit,
  };
}

function findings(text: string, isExpress: boolean): Diagnostic[] {
  const parsed = parseDefinition(text, isExpress);
  return "diagnostics" in parsed ? parsed.diagnostics : parsed.warnings;
}
