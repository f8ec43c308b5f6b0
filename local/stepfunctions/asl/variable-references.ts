import { isObject, type Json } from "../../json.ts";
import { variablesOf } from "../expressions/variables.ts";
import type { ChoiceRule, Comparison, QueryLanguage, State, StateTable } from "./program.ts";

/** Which workflow variables each state reads, sorted by name; states that read none are left out. */
export function variableReferences(table: StateTable): Record<string, string[]> {
  const references: Record<string, string[]> = {};
  collect(table, references);
  return references;
}

function collect(table: StateTable, references: Record<string, string[]>): void {
  for (const [name, state] of table.states) {
    const variables = new Set(textsOf(state).flatMap((text) => variablesOf(text, state.language)));
    if (variables.size > 0) Object.defineProperty(references, name, { value: [...variables].sort(), enumerable: true });
    if (state.type === "Map") collect(state.processor, references);
    if (state.type === "Parallel") for (const branch of state.branches) collect(branch, references);
  }
}

/** Every text of a state that may be evaluated. */
function textsOf(state: State): string[] {
  const { language } = state;
  const texts = [state.inputPath, state.outputPath, ...evaluated([state.output, state.assign], language)];
  if ("parameters" in state) texts.push(...evaluated([state.parameters], language));
  if ("arguments" in state) texts.push(...evaluated([state.arguments], language));
  if ("resultSelector" in state) texts.push(...evaluated([state.resultSelector], language));
  if ("catch" in state) for (const catcher of state.catch) texts.push(...evaluated([catcher.output, catcher.assign], language));
  texts.push(...ownTexts(state));
  return texts.filter((text) => text !== null);
}

function ownTexts(state: State): string[] {
  const { language } = state;
  switch (state.type) {
    case "Task":
      return [...evaluated([state.credentials], language), ...variants(state.timeout), ...variants(state.heartbeat)];
    case "Choice":
      return state.choices.flatMap((rule) => textsOfRule(rule, language));
    case "Wait":
      return variants(state.until);
    case "Fail":
      return [...variants(state.error), ...variants(state.cause)];
    case "Map":
      return [
        ...[state.itemsPath, ...evaluated([state.items, state.itemSelector], language)],
        ...[state.maxConcurrency, state.toleratedCount, state.toleratedPercentage].flatMap(variants),
      ];
    default:
      return [];
  }
}

/** The text of a value that may be written out, read by a path or computed. */
function variants(value: Readonly<Record<string, unknown>> | undefined): string[] {
  return Object.entries(value ?? {}).flatMap(([kind, text]) => (COMPUTED.has(kind) && typeof text === "string" ? [text] : []));
}

const COMPUTED = new Set(["path", "jsonata", "timestampPath", "timestampJsonata"]);

function textsOfRule({ test, output, assign }: ChoiceRule, language: QueryLanguage): string[] {
  const texts = evaluated([output, assign], language);
  if ("comparison" in test) return [...texts, ...textsOfComparison(test.comparison)];
  return typeof test.condition === "string" ? [...texts, test.condition] : texts;
}

function textsOfComparison(comparison: Comparison): string[] {
  if (!("of" in comparison)) {
    const { variable, operand, operandIsPath } = comparison;
    return operandIsPath && typeof operand === "string" ? [variable, operand] : [variable];
  }
  return Array.isArray(comparison.of) ? comparison.of.flatMap(textsOfComparison) : textsOfComparison(comparison.of);
}

/** The texts of templates that are evaluated: every one in JSONata, those of fields that end in `.$` in JSONPath. */
function evaluated(templates: readonly (Json | undefined)[], language: QueryLanguage): string[] {
  return templates.flatMap((template) => textsIn(template, language, language === "JSONata"));
}

function textsIn(value: Json | undefined, language: QueryLanguage, isEvaluated: boolean): string[] {
  if (typeof value === "string") return isEvaluated ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((entry) => textsIn(entry, language, language === "JSONata"));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, child]) => textsIn(child, language, language === "JSONata" || name.endsWith(".$")));
}
