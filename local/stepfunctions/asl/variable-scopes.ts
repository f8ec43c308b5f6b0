import type { Report } from "./diagnostics.ts";
import { assignedNames } from "./payload.ts";
import type { State, StateTable } from "./program.ts";

/**
 * Checks that no branch or item processor assigns a variable that a workflow around it assigns as well: the inner one could not be
 * told from the outer one, so AWS refuses it.
 */
export function checkVariableScopes(report: Report, root: StateTable, places: ReadonlyMap<StateTable, string>): void {
  checkScope(report, root, places, new Set());
}

function checkScope(report: Report, table: StateTable, places: ReadonlyMap<StateTable, string>, outer: ReadonlySet<string>): void {
  const own = new Set(outer);
  for (const [name, state] of table.states) {
    for (const { variable, field } of assignmentsOf(state)) {
      own.add(variable);
      if (!outer.has(variable)) continue;
      const message = `The variable name '${variable}' was already defined in a parent scope.`;
      report.error("DUPLICATE_VARIABLE_NAME", message, `${places.get(table)}/States/${name}${field}`);
    }
  }
  for (const state of table.states.values()) {
    for (const nested of nestedTables(state)) checkScope(report, nested, places, own);
  }
}

function nestedTables(state: State): StateTable[] {
  if (state.type === "Parallel") return state.branches;
  return state.type === "Map" ? [state.processor] : [];
}

function assignmentsOf(state: State): { variable: string; field: string }[] {
  const sources = [{ assign: state.assign, field: "/Assign" }];
  if (state.type === "Choice") sources.push(...state.choices.map(({ assign }, index) => ({ assign, field: `/Choices[${index}]/Assign` })));
  if ("catch" in state) sources.push(...state.catch.map(({ assign }, index) => ({ assign, field: `/Catch[${index}]/Assign` })));
  return sources.flatMap(({ assign, field }) => assignedNames(state, assign ?? {}).map((variable) => ({ variable, field })));
}
