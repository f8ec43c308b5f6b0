import type { Store } from "../store.ts";
import { numberOf, optionalNumber, optionalTextOf, type Row, textOf } from "./rows.ts";

export interface MoveTask {
  readonly id: string;
  readonly sourceArn: string;
  /** Undefined where every message goes back to the queue it came from. */
  readonly destinationArn: string | undefined;
  /** Messages a second; undefined for as fast as can be. */
  readonly rate: number | undefined;
  readonly status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  readonly moved: number;
  readonly toMove: number;
  readonly startedAt: number;
  readonly failure: string | undefined;
}

/** How many tasks of one source are listed at most. */
export const LISTED_MAX = 10;

/** The rows of message move tasks. */
export class MoveTaskTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds a task; of its source's earlier ones only those that can be listed stay. */
  insert(task: MoveTask): void {
    this.#store
      .sql(
        `DELETE FROM sqs_move_tasks WHERE source_arn = ?1 AND id NOT IN
          (SELECT id FROM sqs_move_tasks WHERE source_arn = ?1 ORDER BY started_at DESC LIMIT ?2)`,
      )
      .run(task.sourceArn, LISTED_MAX - 1);
    this.#store
      .sql(
        `INSERT INTO sqs_move_tasks (id, source_arn, destination_arn, rate, status, moved, to_move, started_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(task.id, task.sourceArn, task.destinationArn ?? null, task.rate ?? null, task.status, task.moved, task.toMove, task.startedAt);
  }

  get(id: string): MoveTask | undefined {
    const row = this.#store.sql("SELECT * FROM sqs_move_tasks WHERE id = ?").get(id);
    return row === undefined ? undefined : parseTask(row);
  }

  running(): MoveTask[] {
    return this.#store.sql("SELECT * FROM sqs_move_tasks WHERE status = 'RUNNING'").all().map(parseTask);
  }

  isRunningFor(sourceArn: string): boolean {
    const row = this.#store.sql("SELECT 1 FROM sqs_move_tasks WHERE source_arn = ? AND status = 'RUNNING'").get(sourceArn);
    return row !== undefined;
  }

  /** A source's latest tasks, the newest first. */
  latest(sourceArn: string, limit: number): MoveTask[] {
    return this.#store
      .sql("SELECT * FROM sqs_move_tasks WHERE source_arn = ? ORDER BY started_at DESC LIMIT ?")
      .all(sourceArn, limit)
      .map(parseTask);
  }

  update(id: string, status: MoveTask["status"], moved: number, failure: string | undefined): void {
    this.#store.sql("UPDATE sqs_move_tasks SET status = ?, moved = ?, failure = ? WHERE id = ?").run(status, moved, failure ?? null, id);
  }
}

function parseTask(row: Row): MoveTask {
  const status = textOf(row, "status");
  if (status !== "RUNNING" && status !== "COMPLETED" && status !== "CANCELLED" && status !== "FAILED") {
    throw new Error(`A move task has the unknown status ${status}.`);
  }
  return {
    id: textOf(row, "id"),
    sourceArn: textOf(row, "source_arn"),
    destinationArn: optionalTextOf(row, "destination_arn"),
    rate: optionalNumber(row, "rate"),
    status,
    moved: numberOf(row, "moved"),
    toMove: numberOf(row, "to_move"),
    startedAt: numberOf(row, "started_at"),
    failure: optionalTextOf(row, "failure"),
  };
}
