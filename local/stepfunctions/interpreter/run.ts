import type { JsonObject } from "../../json.ts";
import type { MapState, ParallelState, State, StateTable } from "../asl/program.ts";
import type { Effect, Execution, HistoryEvent, Phase, Step, Thread, TimerKind, World } from "./execution.ts";
import { HISTORY_EVENTS_MAX } from "./limits.ts";

const TASK_AND_WAIT_TIMERS: readonly TimerKind[] = ["timeout", "heartbeat", "wait", "retry"];

/** No more events fit into the history; the execution ends here. */
export class HistoryFull extends Error {}

/**
 * One step of one execution: it gathers the events, effects and changed threads while the states do their work.
 * Everything a state may do to its execution goes through here, so that nothing changes without being stored.
 */
export class Run implements Step {
  readonly events: HistoryEvent[] = [];
  readonly effects: Effect[] = [];
  readonly changed = new Set<number>();
  readonly removed = new Set<number>();
  readonly execution: Execution;
  readonly world: World;
  /** Threads with work to do, in turn. */
  readonly queue: number[] = [];
  ended = false;

  constructor(execution: Execution, world: World) {
    this.execution = execution;
    this.world = world;
  }

  /** Appends an event after the thread's last one; the thread's next event will follow it. */
  emit(thread: Thread, type: string, details?: JsonObject): number {
    thread.previous = this.emitAfter(thread.previous, type, details);
    this.changed.add(thread.id);
    return thread.previous;
  }

  /** Appends an event that follows `previous` and that nothing need follow. */
  emitAfter(previous: number, type: string, details?: JsonObject): number {
    if (this.execution.lastEvent >= HISTORY_EVENTS_MAX - 1) throw new HistoryFull();
    return this.append(previous, type, details);
  }

  /** As `emitAfter`, for the event that ends the execution: the last place is kept for it. */
  append(previous: number, type: string, details?: JsonObject): number {
    const id = ++this.execution.lastEvent;
    this.events.push({ id, previous, type, at: this.world.now, details });
    return id;
  }

  thread(id: number): Thread {
    const thread = this.execution.threads.get(id);
    if (thread === undefined) throw new Error(`Execution ${this.execution.facts.executionArn} has no thread ${id}`);
    return thread;
  }

  become(thread: Thread, phase: Phase): void {
    thread.phase = phase;
    this.changed.add(thread.id);
  }

  /** Gives the thread a turn behind those already waiting for one. */
  enqueue(thread: Thread): void {
    this.queue.push(thread.id);
  }

  spawn(parent: Thread, index: number, startAt: string, input: string, item: string | undefined): Thread {
    const thread: Thread = {
      id: this.execution.nextThread++,
      parent: parent.id,
      index,
      state: startAt,
      input,
      previous: parent.previous,
      entered: 0,
      beforeEntered: 0,
      enteredAt: 0,
      variables: {},
      item,
      attempts: [],
      phase: { at: "entering" },
      timers: {},
    };
    this.execution.threads.set(thread.id, thread);
    this.changed.add(thread.id);
    return thread;
  }

  childrenOf(thread: Thread): Thread[] {
    const children = [...this.execution.threads.values()].filter((other) => other.parent === thread.id);
    return children.sort((a, b) => a.index - b.index);
  }

  remove(thread: Thread): void {
    this.endWaiting(thread);
    this.execution.threads.delete(thread.id);
    this.changed.delete(thread.id);
    this.removed.add(thread.id);
  }

  setTimer(thread: Thread, kind: TimerKind, at: number): void {
    thread.timers[kind] = at;
    this.changed.add(thread.id);
  }

  clearTimer(thread: Thread, kind: TimerKind): void {
    delete thread.timers[kind];
    this.changed.add(thread.id);
  }

  /** What the thread's state waited for ends with it; the timers of the whole execution stay. */
  endWaiting(thread: Thread): void {
    for (const kind of TASK_AND_WAIT_TIMERS) if (thread.timers[kind] !== undefined) this.clearTimer(thread, kind);
    if (thread.phase.at === "started") this.effects.push({ do: "dropCall", thread: thread.id, task: thread.phase.task });
  }

  /** The thread no longer waits for anything: its timers go, and an execution it started and waits for is stopped. */
  abandon(thread: Thread): void {
    this.endWaiting(thread);
    const waitsForExecution = thread.phase.at === "started" && /\.sync(:2)?$/.test(thread.phase.task.resource);
    if (waitsForExecution) this.effects.push({ do: "stopStarted", thread: thread.id });
  }

  /** The table of states the thread moves in: the machine's, its branch's, or its Map's processor. */
  tableOf(thread: Thread): StateTable {
    if (thread.parent === undefined) return this.execution.program;
    const parent = this.thread(thread.parent);
    const state = this.stateOf(parent);
    const table = tableWithin(state, thread.index);
    if (table === undefined) throw new Error(`State ${state.name} has no branch ${thread.index}`);
    return table;
  }

  stateOf(thread: Thread): State {
    const state = this.tableOf(thread).states.get(thread.state);
    if (state === undefined) throw new Error(`There is no state ${thread.state}`);
    return state;
  }

  /** Variables seen by a thread: its own before those of the threads around it. */
  variablesOf(thread: Thread): JsonObject {
    if (thread.parent === undefined) return thread.variables;
    return { ...this.variablesOf(this.thread(thread.parent)), ...thread.variables };
  }
}

function tableWithin(state: State, index: number): StateTable | undefined {
  if (state.type === "Parallel") return (state as ParallelState).branches[index];
  if (state.type === "Map") return (state as MapState).processor;
  return undefined;
}
