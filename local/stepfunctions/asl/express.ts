import type { Report } from "./diagnostics.ts";
import type { State, StateTable } from "./program.ts";

/** What AWS refuses in a state machine of the type EXPRESS besides what it refuses in any: calls that are waited for. */
export function checkExpress(report: Report, table: StateTable): void {
  check(report, table, "");
}

function check(report: Report, table: StateTable, at: string): void {
  for (const [name, state] of table.states) checkState(report, state, `${at}/States/${name}`);
}

/** By the ARN alone, so that it is said of services that the endpoint does not cover as well. */
const WAITED_FOR = /^arn:[a-z-]+:states:[^:]*:[^:]*:.*\.(waitForTaskToken|sync)(?::2)?$/;

function checkState(report: Report, state: State, at: string): void {
  if (state.type === "Map") check(report, state.processor, `${at}/ItemProcessor`);
  if (state.type === "Parallel") {
    state.branches.forEach((branch, index) => {
      check(report, branch, `${at}/Branches[${index}]`);
    });
  }
  if (state.type !== "Task") return;
  const [, pattern] = WAITED_FOR.exec(state.resource) ?? [];
  if (pattern === undefined) return;
  // The space at the end of the first sentence is AWS's.
  const end = pattern === "waitForTaskToken" ? " " : "";
  report.schema(`Express state machine does not support '.${pattern}' service integration${end}`, `${at}/Resource`);
}
