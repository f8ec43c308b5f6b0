import type { Report } from "./diagnostics.ts";
import type { State, StateTable } from "./program.ts";

/** Checks where states lead: every target exists, every state can be reached, and the machine can end. */
export function checkTransitions(report: Report, root: StateTable, places: ReadonlyMap<StateTable, string>): void {
  for (const [table, at] of places) checkTargets(report, table, at);
  // A machine without an end is refused for that alone; AWS does not list its unreachable states as well.
  const ends = [...root.states.values()].some(isTerminal);
  if (!ends) report.error("MISSING_END_STATE", "Workflow has no terminal state", undefined);
  for (const [table, at] of places) {
    if (ends || table !== root) checkReachable(report, table, at);
  }
}

interface Target {
  name: string;
  /** Where it stands in its state: `/Choices[0]/Next`. */
  field: string;
}

function targetsOf(state: State): Target[] {
  const targets: Target[] = [];
  if ("transition" in state && "next" in state.transition) targets.push({ name: state.transition.next, field: "/Next" });
  if (state.type === "Choice") {
    state.choices.forEach(({ next }, index) => {
      targets.push({ name: next, field: `/Choices[${index}]/Next` });
    });
    if (state.default !== undefined) targets.push({ name: state.default, field: "/Default" });
  }
  if ("catch" in state) {
    state.catch.forEach(({ next }, index) => {
      targets.push({ name: next, field: `/Catch[${index}]/Next` });
    });
  }
  return targets;
}

function checkTargets(report: Report, table: StateTable, at: string): void {
  for (const [name, state] of table.states) {
    for (const target of targetsOf(state)) {
      if (!table.states.has(target.name)) missing(report, target.name, `${at}/States/${name}${target.field}`);
    }
  }
}

function missing(report: Report, target: string, at: string): void {
  report.error("MISSING_TRANSITION_TARGET", `Missing 'Next' target: ${target}`, at);
}

function checkReachable(report: Report, table: StateTable, at: string): void {
  if (!table.states.has(table.startAt)) missing(report, table.startAt, `${at}/StartAt`);
  const reached = new Set<string>();
  const waiting = [table.startAt];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const state = table.states.get(name);
    if (state === undefined || reached.has(name)) continue;
    reached.add(name);
    for (const target of targetsOf(state)) waiting.push(target.name);
  }
  for (const name of table.states.keys()) {
    if (!reached.has(name)) report.error("MISSING_TRANSITION_TARGET", `State "${name}" is not reachable.`, `${at}/States/${name}`);
  }
}

function isTerminal(state: State): boolean {
  return state.type === "Succeed" || state.type === "Fail" || ("transition" in state && "end" in state.transition);
}
