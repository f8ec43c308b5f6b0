import { randomUUID } from "node:crypto";
import { Alarm } from "../alarm.ts";
import { logged } from "../errors.ts";
import type { Store } from "../store.ts";
import type { GroupTable } from "./group-table.ts";
import type { MessageState, MessageTable } from "./message-table.ts";
import type { MoveTask, MoveTaskTable } from "./move-task-table.ts";
import type { Polls } from "./polls.ts";
import type { Queue } from "./queue.ts";
import type { QueueTable } from "./queue-table.ts";

/** Messages moved in one write where the task has no rate of its own. */
const CHUNK = 100;

/** How often a task with a rate moves messages, at most. */
const STEP_MS = 50;

/** Since when this process counts a task's rate: what was due while it was down is not caught up on. */
interface Pace {
  readonly since: number;
  moved: number;
}

/** Carries out the move tasks that are running, those of an earlier run included. Each step's messages and count commit together. */
export class Mover {
  readonly #store: Store;
  readonly #tasks: MoveTaskTable;
  readonly #queues: QueueTable;
  readonly #messages: MessageTable;
  readonly #groups: GroupTable;
  readonly #polls: Polls;
  readonly #now: () => number;
  readonly #paces = new Map<string, Pace>();
  readonly #alarm = new Alarm(() => this.#step());
  #isStopped = false;

  constructor(
    store: Store,
    tasks: MoveTaskTable,
    queues: QueueTable,
    messages: MessageTable,
    groups: GroupTable,
    polls: Polls,
    now: () => number,
  ) {
    this.#store = store;
    this.#tasks = tasks;
    this.#queues = queues;
    this.#messages = messages;
    this.#groups = groups;
    this.#polls = polls;
    this.#now = now;
  }

  /** Looks for running tasks; to be called at the start and when one was added. */
  wake(): void {
    this.#ringIn(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#alarm.stop();
  }

  #step(): void {
    const running = this.#tasks.running();
    const ids = new Set(running.map((task) => task.id));
    for (const id of [...this.#paces.keys()]) if (!ids.has(id)) this.#paces.delete(id);
    for (const task of running) {
      const pace = this.#paces.get(task.id) ?? { since: this.#now(), moved: 0 };
      this.#paces.set(task.id, pace);
      const budget = budgetOf(task, pace, this.#now());
      if (budget === 0) this.#continue(task);
      else this.#move(task, pace, budget);
    }
  }

  #move(task: MoveTask, pace: Pace, budget: number): void {
    const moving = this.#store.write(() => {
      const moved = this.#moveSome(task.id, budget);
      pace.moved += moved;
    });
    moving
      .then(() => this.#continue(task))
      .catch((error: unknown) => {
        console.error(`The move task ${task.id} could not go on and tries again in a second:`, logged(error));
        this.#ringIn(1000);
      });
  }

  #continue(task: MoveTask): void {
    this.#ringIn(task.rate === undefined ? 0 : STEP_MS);
  }

  #ringIn(ms: number): void {
    if (!this.#isStopped) this.#alarm.at(Date.now() + ms);
  }

  /** Moves up to `budget` messages and notes it with the task, or the task's end. Gives the number moved. */
  #moveSome(id: string, budget: number): number {
    const task = this.#tasks.get(id);
    if (task?.status !== "RUNNING") return 0;
    const source = this.#queues.byArn(task.sourceArn);
    const now = this.#now();
    const left = Math.max(0, task.toMove - task.moved);
    const found = source === undefined ? [] : this.#visible(source, Math.min(budget, left), now);
    let moved = 0;
    for (const message of found) {
      const failure = this.#moveOne(task, message, now);
      if (failure !== undefined) {
        this.#tasks.update(id, "FAILED", task.moved + moved, failure);
        return moved;
      }
      moved++;
    }
    const isDone = found.length === 0 || moved >= left;
    this.#tasks.update(id, isDone ? "COMPLETED" : "RUNNING", task.moved + moved, undefined);
    return moved;
  }

  #visible(queue: Queue, limit: number, now: number): MessageState[] {
    if (limit === 0) return [];
    if (!queue.isFifo) return this.#messages.visible(queue, limit, now);
    const groups = this.#groups.available(queue, limit, now);
    return groups.flatMap((group) => this.#groups.visible(group, limit, now)).slice(0, limit);
  }

  /** A moved message is a new one, as on AWS: with another id, no receives, and its full retention ahead. Gives why it cannot be. */
  #moveOne(task: MoveTask, message: MessageState, now: number): string | undefined {
    const origin = this.#store.sql("SELECT source_arn, group_name FROM sqs_contents WHERE id = ?").get(message.id);
    const arn = task.destinationArn ?? origin?.source_arn;
    if (typeof arn !== "string") return "CouldNotDetermineMessageSource";
    const destination = this.#queues.byArn(arn);
    if (destination === undefined) return "AWS.SimpleQueueService.NonExistentQueue";
    const group = destination.isFifo ? this.#groups.open(destination, String(origin?.group_name ?? "")) : undefined;
    this.#messages.renew(message, randomUUID(), now);
    this.#messages.move(message, destination, group, now);
    if (message.group !== undefined) this.#groups.refresh(message.group);
    if (group !== undefined) this.#groups.refresh(group);
    this.#polls.wakeWithCommit(destination.arn);
    return undefined;
  }
}

function budgetOf(task: MoveTask, pace: Pace, now: number): number {
  if (task.rate === undefined) return CHUNK;
  const due = Math.floor(((now - pace.since) / 1000) * task.rate) + 1;
  return Math.max(0, Math.min(due - pace.moved, CHUNK));
}
