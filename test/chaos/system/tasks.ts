import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { optionalTextAt } from "../../../domain/attributes.ts";
import { type Ledger, readRecord } from "../../../domain/ledger.ts";
import { tasks } from "../../../domain/tasks.ts";
import type { TestSystem } from "../../support/system.ts";
import { ask } from "./asking.ts";
import { Tally } from "./records.ts";

const PAUSE_MS = 40;

/** Tasks by their ids, each with the title it was made with. */
export class MadeTasks extends Tally {
  readonly known = new Map<string, string>();
}

/** Clients that make tasks, through every failure. */
export class TaskClients {
  readonly #running: Promise<unknown>;
  #isOver = false;

  constructor(system: TestSystem, made: MadeTasks, count: number) {
    this.#running = Promise.all(Array.from({ length: count }, () => this.#run(system, made)));
  }

  async finish(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run({ url, adminToken: bearer }: TestSystem, made: MadeTasks): Promise<void> {
    while (!this.#isOver) {
      await sleep(2 * PAUSE_MS * Math.random());
      const title = `chaos ${randomUUID()}`;
      made.attempted++;
      const answer = await ask(made, true, { method: "POST", url: `${url}/tasks`, bearer, body: { title } });
      if (answer === undefined) continue;
      if (answer.status !== 201) {
        made.complain("a task", answer);
        continue;
      }
      made.acknowledged++;
      made.known.set(String(answer.body.id), title);
    }
  }
}

/** Every task is completed with a result of its own, or has failed because workers died at it three times. */
export async function verifyTasks(system: TestSystem, made: MadeTasks): Promise<Readonly<Record<string, number>>> {
  const { tasks_table: table } = system.outputs;
  const ledger: Ledger = { kind: tasks, table, client: system.clients.dynamodb, clock: Date.now, random: Math.random };
  const ends: Record<string, number> = {};
  for (const [id, title] of made.known) {
    const record = await readRecord(ledger, id);
    if (record === undefined) {
      made.lost.push(id);
      continue;
    }
    const { status, history, attributes } = record;
    ends[status] = (ends[status] ?? 0) + 1;
    const isInOrder = history.every(({ version }, index) => version === index + 1);
    if (!isInOrder) made.outOfOrder.push(`${id}: ${history.map(({ to }) => to).join(" ")}`);
    if (history.filter(({ to }) => to === "completed").length > 1) made.duplicated.push(`${id} was completed twice`);
    const isResult = optionalTextAt(attributes, "result")?.startsWith(`Processed task '${title}' at `) === true;
    if (status === "completed" ? !isResult : status !== "failed") made.unexpected.push(`${id} is ${status}`);
  }
  return ends;
}
