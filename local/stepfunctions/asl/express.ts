import type { Diagnostic } from "./diagnostics.ts";
import { Report } from "./diagnostics.ts";
import type { State, StateTable } from "./program.ts";
import { parseResource } from "./resources.ts";

/** What AWS refuses in a state machine of the type EXPRESS besides what it refuses in any: calls that are waited for. */
export function expressProblems(table: StateTable): Diagnostic[] {
  const report = new Report();
  check(report, table, "");
  return report.diagnostics;
}

function check(report: Report, table: StateTable, at: string): void {
  for (const [name, state] of table.states) checkState(report, state, `${at}/States/${name}`);
}

function checkState(report: Report, state: State, at: string): void {
  if (state.type === "Map") check(report, state.processor, `${at}/ItemProcessor`);
  if (state.type === "Parallel") {
    state.branches.forEach((branch, index) => {
      check(report, branch, `${at}/Branches[${index}]`);
    });
  }
  if (state.type !== "Task") return;
  const resource = parseResource(state.resource);
  if ("problem" in resource || resource.pattern === "requestResponse") return;
  // The space at the end of the first sentence is AWS's.
  const pattern = resource.pattern === "waitForTaskToken" ? "'.waitForTaskToken' service integration " : "'.sync' service integration";
  report.schema(`Express state machine does not support ${pattern}`, `${at}/Resource`);
}
