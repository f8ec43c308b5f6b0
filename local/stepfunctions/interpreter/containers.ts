import type { JsonObject } from "../../json.ts";
import type { MapState, ParallelState } from "../asl/program.ts";
import { complete, workInput } from "./dataflow.ts";
import type { Thread } from "./execution.ts";
import { guard } from "./failure.ts";
import { itemInput, mapItems, mapLimit } from "./items.ts";
import type { Run } from "./run.ts";

/** Parallel and Map: states that run threads of their own, and what happens when such a thread ends. */

export function startParallel(run: Run, thread: Thread, state: ParallelState): void {
  const input = workInput(run, thread, state, state.language === "JSONPath" ? state.parameters : state.arguments);
  run.emit(thread, "ParallelStateStarted");
  run.become(thread, {
    at: "children",
    running: state.branches.length,
    done: 0,
    count: state.branches.length,
    limit: state.branches.length,
  });
  for (const [index, branch] of state.branches.entries()) run.enqueue(run.spawn(thread, index, branch.startAt, input, undefined));
}

export function startMap(run: Run, thread: Thread, state: MapState): void {
  const limit = mapLimit(run, thread, state);
  const items = mapItems(run, thread, state);
  run.emit(thread, "MapStateStarted", { length: items.length });
  run.become(thread, { at: "children", running: 0, done: 0, count: items.length, limit });
  if (items.length === 0) return endContainer(run, thread, state, []);
  const children = items.map((item, index) => {
    const child = run.spawn(thread, index, state.processor.startAt, "null", JSON.stringify(item));
    run.become(child, { at: "idle" });
    return child;
  });
  for (const child of children.slice(0, limit)) startIteration(run, thread, state, child, thread.previous);
}

/** Starts an iteration after the event `previous`: the Map's start, or the end of the iteration whose place it takes. */
export function startIteration(run: Run, parent: Thread, state: MapState, child: Thread, previous: number): void {
  child.input = itemInput(run, parent, state, child);
  child.previous = run.emitAfter(previous, "MapIterationStarted", { name: parent.state, index: child.index });
  run.become(child, { at: "entering" });
  if (parent.phase.at === "children") parent.phase.running++;
  run.enqueue(child);
}

/** The thread reached the end of its states with `output`. */
export function finishThread(run: Run, thread: Thread, output: string): void {
  if (thread.parent === undefined) {
    run.emit(thread, "ExecutionSucceeded", { output, outputDetails: { truncated: false } });
    run.become(thread, { at: "done", output });
    run.effects.push({ do: "end", outcome: { status: "SUCCEEDED", output } });
    run.ended = true;
    return;
  }
  run.become(thread, { at: "done", output });
  const parent = run.thread(thread.parent);
  const state = run.stateOf(parent);
  if (parent.phase.at !== "children") return;
  parent.phase.running--;
  parent.phase.done++;
  run.changed.add(parent.id);
  parent.previous = thread.previous;
  const { done, count } = parent.phase;
  guard(run, parent, () => {
    if (state.type === "Map") afterIteration(run, parent, state, thread);
    if (done === count && (state.type === "Map" || state.type === "Parallel")) endContainer(run, parent, state, run.childrenOf(parent));
  });
}

function afterIteration(run: Run, parent: Thread, state: MapState, child: Thread): void {
  const details: JsonObject = { name: parent.state, index: child.index };
  parent.previous = run.emitAfter(child.previous, "MapIterationSucceeded", details);
  const next = nextIdle(run, parent, child);
  if (next !== undefined) startIteration(run, parent, state, next, child.previous);
}

/**
 * The iteration whose turn it is. Iterations have numbers in a row and start in their order, so it is known where the next
 * one stands; looking through all of them at each end would take the square of their number.
 */
function nextIdle(run: Run, parent: Thread, child: Thread): Thread | undefined {
  if (parent.phase.at !== "children") return undefined;
  const { done, running, count } = parent.phase;
  if (done + running >= count) return undefined;
  const expected = run.execution.threads.get(child.id - child.index + done + running);
  if (expected?.parent === parent.id && expected.phase.at === "idle") return expected;
  return run.childrenOf(parent).find((other) => other.phase.at === "idle");
}

function endContainer(run: Run, thread: Thread, state: ParallelState | MapState, children: Thread[]): void {
  run.emitAfter(thread.previous, `${state.type}StateSucceeded`);
  const result = `[${children.map((child) => (child.phase.at === "done" ? child.phase.output : "null")).join(",")}]`;
  for (const child of children) run.remove(child);
  complete(run, thread, state, result, state.transition);
}

/** After a redrive: what had ended stays, what failed or was stopped goes on, and the rest starts as there is room. */
export function resumeChildren(run: Run, thread: Thread, state: ParallelState | MapState, resume: (child: Thread) => void): void {
  const children = run.childrenOf(thread);
  const limit = state.type === "Map" ? mapLimit(run, thread, state) : children.length;
  const stopped = children.filter((child) => child.phase.at === "failed" || child.phase.at === "aborted");
  const done = children.filter((child) => child.phase.at === "done").length;
  run.become(thread, { at: "children", running: stopped.length, done, count: children.length, limit });
  for (const child of stopped) resume(child);
  if (state.type !== "Map") return;
  const idle = children.filter((child) => child.phase.at === "idle");
  for (const child of idle.slice(0, Math.max(0, limit - stopped.length))) startIteration(run, thread, state, child, thread.previous);
}
