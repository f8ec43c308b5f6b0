/** What a drawing shows, in words: for those who do not see it, and for whoever points at a box. */
import type { State } from "./parse.ts";
import type { Progress, Standing } from "./progress.ts";

export type Shown = Standing | "unreached";

export const STANDINGS: Readonly<Record<Shown, string>> = {
  running: "Running",
  succeeded: "Succeeded",
  caught: "Error caught",
  failed: "Failed",
  stopped: "Stopped",
  unreached: "Not reached",
};

const STATUSES: Readonly<Record<string, string>> = {
  RUNNING: "is running",
  SUCCEEDED: "has succeeded",
  FAILED: "has failed",
  TIMED_OUT: "has timed out",
  ABORTED: "was stopped",
  PENDING_REDRIVE: "is about to be redriven",
};

export function titleOf({ status, states }: Progress): string {
  const running = [...states].filter(([, { standing }]) => standing === "running").map(([name]) => name);
  const where = running.length > 0 && status === "RUNNING" ? `, in ${running.join(", ")}` : "";
  return `The execution ${STATUSES[status] ?? `is ${status}`}${where}.`;
}

/** Every state by where it stands, in the order in which they are defined. */
export function descriptionOf(states: readonly State[], progress: Progress): string {
  const groups = standingsIn(states, progress).map((shown) => {
    const names = states.filter(({ name }) => standingOf(name, progress) === shown).map(({ name }) => withTimes(name, progress));
    return `${STANDINGS[shown]}: ${names.join(", ")}.`;
  });
  return [...groups, cutNote(progress)].filter((text) => text !== undefined).join(" ");
}

export function cutNote({ cutAt }: Progress): string | undefined {
  return cutAt === undefined ? undefined : `This is how it stood at event ${cutAt}; its history goes on.`;
}

/** The standings that occur. */
export function standingsIn(states: readonly State[], progress: Progress): Shown[] {
  const occurring = new Set(states.map(({ name }) => standingOf(name, progress)));
  return SHOWN.filter((shown) => occurring.has(shown));
}

const SHOWN: readonly Shown[] = ["running", "failed", "stopped", "caught", "succeeded", "unreached"];

export function standingOf(name: string, { states }: Progress): Shown {
  return states.get(name)?.standing ?? "unreached";
}

function withTimes(name: string, progress: Progress): string {
  const times = progress.states.get(name)?.times ?? 0;
  return times > 1 ? `${name} (entered ${times} times)` : name;
}

export function tooltipOf(state: State, progress: Progress): string {
  const head = `${withTimes(state.name, progress)}: ${STANDINGS[standingOf(state.name, progress)].toLowerCase()}`;
  return [head, [state.type, ...state.notes].join("\n")].join("\n");
}
