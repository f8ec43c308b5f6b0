import type { JsonObject } from "../../json.ts";
import type { Report } from "./diagnostics.ts";
import { assignedNames } from "./payload.ts";
import type { State, StateTable } from "./program.ts";

/**
 * Checks that no branch or item processor assigns a variable that a workflow around it assigns as well: the inner one could not be
 * told from the outer one, so AWS refuses it. What only a catcher outside assigns is another matter: it is assigned once the branch
 * has failed and is gone, and AWS takes such definitions.
 */
export function checkVariableScopes(report: Report, root: StateTable, places: ReadonlyMap<StateTable, string>): void {
  checkScope(report, root, places, new Set());
}

function checkScope(report: Report, table: StateTable, places: ReadonlyMap<StateTable, string>, outer: ReadonlySet<string>): void {
  const own = new Set(outer);
  for (const [name, state] of table.states) {
    for (const { variable, field, isCatchers } of assignmentsOf(state)) {
      if (!isCatchers) own.add(variable);
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

interface Assignment {
  variable: string;
  field: string;
  isCatchers: boolean;
}

function assignmentsOf(state: State): Assignment[] {
  const sources = [{ assign: state.assign, field: "/Assign", isCatchers: false }];
  const entries = (name: string, list: readonly { assign: JsonObject | undefined }[], isCatchers: boolean) => {
    for (const [index, { assign }] of list.entries()) sources.push({ assign, field: `/${name}[${index}]/Assign`, isCatchers });
  };
  if (state.type === "Choice") entries("Choices", state.choices, false);
  if ("catch" in state) entries("Catch", state.catch, true);
  return sources.flatMap(({ assign, ...source }) => assignedNames(state, assign ?? {}).map((variable) => ({ variable, ...source })));
}
