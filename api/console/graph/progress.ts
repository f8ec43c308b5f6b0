/**
 * How far an execution is, told from its history: where each of its states stands, and which ways it took.
 *
 * The events are those of `GetExecutionHistory`, oldest first. Where only the first of a long history are given, what comes
 * out is how things stood at the last of them. An event that does not name its state is ascribed by the event before it.
 */
import type { HistoryEvent } from "@aws-sdk/client-sfn";

export type Standing = "running" | "succeeded" | "caught" | "failed" | "stopped";

export interface Progress {
  readonly status: string;
  /** The states that were entered, by name: names are unique in a whole machine. A name that is missing was not reached. */
  readonly states: ReadonlyMap<string, { readonly standing: Standing; readonly times: number }>;
  /** The ways that were taken, by `wayKey`. */
  readonly taken: ReadonlySet<string>;
  /** The number of the last event told of, where the history goes on behind it. */
  readonly cutAt?: number;
}

/** A way between two states; without `from` the one that leads in, without `to` the one that leads out. */
export const wayKey = (from: string | undefined, to: string | undefined) => JSON.stringify([from ?? null, to ?? null]);

export function progressOf(status: string, events: readonly HistoryEvent[]): Progress {
  const history = new History();
  for (const event of events) history.tell(event);
  const states = new Map([...history.visits].map(([name, visits]) => [name, { standing: standingOf(visits), times: visits.length }]));
  const last = events.at(-1);
  const cut = !["RUNNING", "PENDING_REDRIVE"].includes(status) && !EXECUTION_ENDS.has(last?.type ?? "");
  return { status, states, taken: history.taken, ...(cut ? { cutAt: last?.id ?? 0 } : {}) };
}

/** One time that a state was entered. */
interface Visit {
  readonly name: string;
  readonly type: string;
  /** The Parallel or Map around it. */
  readonly around: Visit | undefined;
  standing: Standing;
  /** Its last event was a failure, which a retry, a Catch or nobody answers. */
  failing: boolean;
  /** A redrive goes on with it, and its next event follows that of the redrive. */
  resumed: boolean;
}

const EXECUTION_ENDS = new Set(["ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"]);

/** Several visits are there in a loop, where the latest counts, and in a Map, where one that still runs or has failed says more. */
function standingOf(visits: readonly Visit[]): Standing {
  if (visits.some(({ standing }) => standing === "running")) return "running";
  return visits.at(-1)?.standing ?? "running";
}

class History {
  readonly visits = new Map<string, Visit[]>();
  readonly taken = new Set<string>();
  /** What a redrive would still go on with. */
  readonly #live = new Set<Visit>();
  readonly #told = new Map<number, { type: string; visit: Visit | undefined }>();

  tell(event: HistoryEvent): void {
    const { type = "", id = 0, previousEventId = 0 } = event;
    const before = this.#told.get(previousEventId);
    const visit = this.#visitOf(event, type, before);
    this.#told.set(id, { type, visit });
    if (type.endsWith("StateExited")) this.#leave(visit);
    else if (type.startsWith("Execution")) this.#executionIs(type, visit);
    else if (visit !== undefined) this.#goOn(type, visit);
  }

  #visitOf(event: HistoryEvent, type: string, before: { type: string; visit: Visit | undefined } | undefined): Visit | undefined {
    const entered = event.stateEnteredEventDetails?.name;
    if (entered !== undefined) return this.#enter(entered, type.replace("StateEntered", ""), before);
    const named =
      event.stateExitedEventDetails?.name ?? event.evaluationFailedEventDetails?.state ?? event[iterationDetails(type)]?.name ?? undefined;
    if (named !== undefined) {
      return ancestor(before?.visit, (visit) => visit.name === named) ?? [...this.#live].findLast((visit) => visit.name === named);
    }
    const [, container, happened] = /^(Parallel|Map)State(Started|Succeeded|Failed)$/.exec(type) ?? [];
    if (container !== undefined) {
      // The failure of a Parallel is told after that of a Parallel inside it, so one that has failed already is not meant.
      return ancestor(before?.visit, (visit) => visit.type === container && !(happened === "Failed" && visit.failing));
    }
    if (before?.visit !== undefined || !type.endsWith("Scheduled")) return before?.visit;
    return [...this.#live].find((visit) => visit.resumed && visit.type === "Task");
  }

  #enter(name: string, type: string, before: { type: string; visit: Visit | undefined } | undefined): Visit {
    const visits = this.visits.get(name) ?? [];
    this.visits.set(name, visits);
    const resumed = visits.find((visit) => visit.resumed && this.#live.delete(visit));
    const inside = /^(Parallel|Map)(State|Iteration)Started$/.test(before?.type ?? "");
    const around = inside ? before?.visit : (before?.visit ?? resumed)?.around;
    if (before?.type.endsWith("StateExited")) this.taken.add(wayKey(before.visit?.name, name));
    else if (this.visits.size === 1 && visits.length === 0) this.taken.add(wayKey(undefined, name));
    const visit: Visit = { name, type, around, standing: "running", failing: type === "Fail", resumed: false };
    visits.push(visit);
    this.#live.add(visit);
    return visit;
  }

  #leave(visit: Visit | undefined): void {
    if (visit === undefined) return;
    this.#endInside(visit);
    visit.standing = visit.failing ? "caught" : "succeeded";
    this.#live.delete(visit);
  }

  #goOn(type: string, visit: Visit): void {
    if (/(StateAborted|^MapIteration\w+|StateEntered)$/.test(type)) return;
    visit.resumed = false;
    visit.failing = /(Failed|TimedOut)$/.test(type);
    if (/^(Parallel|Map)StateFailed$/.test(type)) this.#stopInside(visit);
    // Where it is tried again, that it failed has not been told.
    if (/^(Parallel|Map)StateStarted$/.test(type)) this.#endInside(visit);
  }

  #executionIs(type: string, visit: Visit | undefined): void {
    if (type === "ExecutionRedriven") {
      for (const live of this.#live) Object.assign(live, { standing: "running", failing: false, resumed: true });
    }
    if (!EXECUTION_ENDS.has(type)) return;
    if (type === "ExecutionSucceeded" || visit?.type === "Fail") this.taken.add(wayKey(visit?.name, undefined));
    if (type === "ExecutionFailed") for (let failed = visit; failed !== undefined; failed = failed.around) failed.failing = true;
    for (const live of this.#live) stop(live);
  }

  /** Nothing goes on inside a Parallel or Map that has failed, unless it is redriven. */
  #stopInside(container: Visit): void {
    for (const visit of this.#live) if (isInside(visit, container)) stop(visit);
  }

  #endInside(container: Visit): void {
    this.#stopInside(container);
    for (const visit of this.#live) if (isInside(visit, container)) this.#live.delete(visit);
  }
}

function stop(visit: Visit): void {
  if (visit.standing === "running") visit.standing = visit.failing ? "failed" : "stopped";
}

const isInside = (visit: Visit, container: Visit) => ancestor(visit.around, (around) => around === container) !== undefined;

function ancestor(visit: Visit | undefined, wanted: (visit: Visit) => boolean): Visit | undefined {
  for (let one = visit; one !== undefined; one = one.around) if (wanted(one)) return one;
  return undefined;
}

function iterationDetails(type: string) {
  if (type === "MapIterationStarted") return "mapIterationStartedEventDetails";
  if (type === "MapIterationSucceeded") return "mapIterationSucceededEventDetails";
  if (type === "MapIterationFailed") return "mapIterationFailedEventDetails";
  return "mapIterationAbortedEventDetails";
}
