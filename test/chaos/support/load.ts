import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBServiceException, GetItemCommand } from "@aws-sdk/client-dynamodb";
import {
  type Change,
  createRecord,
  deleteTasks,
  executionName,
  type Ground,
  receiveTasks,
  sendTaskSuccess,
  startExecution,
  type Task,
  writeHistory,
  writeStatus,
} from "../../support/flow.ts";
import type { Kind, Ledger } from "./ledger.ts";

const CALLERS = 12;
const POLLERS = 3;
const CHANGES_OF_A_RECORD = 10;
/** What AWS answers for a token that has done its work. */
const USED_TOKEN = new Set(["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]);

type SaysDone = (answer: Error) => boolean | Promise<boolean>;

/** Clients that go on through every failure, as Milepost's API and worker do, and write down what they were told. */
export class Load {
  readonly #ground: Ground;
  readonly #ledger: Ledger;
  readonly #callers: Promise<unknown>;
  readonly #pollers: Promise<unknown>;
  #calling = true;
  #over = false;

  constructor(ground: Ground, ledger: Ledger) {
    this.#ground = ground;
    this.#ledger = ledger;
    this.#callers = Promise.all(Array.from({ length: CALLERS }, (_, caller) => this.#call(caller)));
    this.#pollers = Promise.all(Array.from({ length: POLLERS }, () => this.#poll()));
  }

  /** Begins nothing new and waits until what was begun has ended; what has not by then is lost. */
  async finish(waitMs: number): Promise<void> {
    this.#calling = false;
    const late = new AbortController();
    await Promise.race([this.#callers, sleep(waitMs, undefined, { signal: late.signal })]);
    late.abort();
    for (const name of this.#ledger.open()) this.#ledger.lost.push(`${name} has not come to its end`);
    // A few more polls: a message that should not be there would come now.
    await sleep(1_500);
    this.abandon();
    await this.#pollers;
  }

  /** Tries nothing any more, so that a test that has failed can end. */
  abandon(): void {
    this.#calling = false;
    this.#over = true;
  }

  async #call(caller: number): Promise<void> {
    for (let record = 1; this.#calling; record++) {
      const id = `c${caller}-${record}`;
      if (!(await this.#settle("record", id, () => createRecord(this.#ground, id), isConditionFailed))) continue;
      for (let version = 1; this.#calling && version <= CHANGES_OF_A_RECORD; version++) {
        if (!(await this.#change({ id, version }))) break;
      }
    }
  }

  async #change(change: Change): Promise<boolean> {
    const name = executionName(change);
    const ended = this.#ledger.begin(change);
    const written = await this.#settle(
      "status",
      name,
      () => writeStatus(this.#ground, change),
      async (error) => {
        return isConditionFailed(error) && (await this.#versionOf(change.id)) === change.version;
      },
    );
    const started =
      written &&
      (await this.#settle(
        "start",
        name,
        () => startExecution(this.#ground, change),
        (error) => error.name === "ExecutionAlreadyExists",
      ));
    if (started) await ended;
    return started;
  }

  async #poll(): Promise<void> {
    while (!this.#over) {
      const askedAt = performance.now();
      const tasks = await receiveTasks(this.#ground, 1).catch(async (error: unknown) => {
        if (this.#isPassing(error)) await sleep(25);
        else await this.#unexpected("a receive", error);
        return [];
      });
      for (const task of tasks) this.#ledger.received(task, task.messageId, askedAt);
      await Promise.all(tasks.map((task) => this.#handle(task)));
    }
  }

  async #handle(task: Task): Promise<void> {
    const name = executionName(task);
    await this.#settle(
      "history",
      name,
      () => writeHistory(this.#ground, task),
      async (error) => {
        return isConditionFailed(error) && (await this.#historyVersionOf(task.id)) >= task.version;
      },
    );
    await this.#settle(
      "success",
      name,
      () => sendTaskSuccess(this.#ground, task),
      (error) => USED_TOKEN.has(error.name),
    );
    await this.#settle(
      "delete",
      task.messageId,
      () => deleteTasks(this.#ground, [task]),
      () => false,
    );
    this.#ledger.deleted(task.messageId);
    this.#ledger.end(task);
  }

  /**
   * Sends a call until it is answered; tells whether it was answered as done. Where an earlier sending went unanswered, the
   * endpoint may say that it is done already; said to a first sending, that is as unexpected as any other error.
   */
  async #settle(kind: Kind, name: string, send: () => Promise<void>, saysDone: SaysDone): Promise<boolean> {
    const repeated = this.#ledger.wasAttempted(kind, name);
    this.#ledger.attempt(kind, name);
    for (let sendings = 1; !this.#over; sendings++) {
      try {
        await send();
      } catch (error) {
        if (this.#isPassing(error)) {
          await sleep(25);
          continue;
        }
        const mayBeDone = (sendings > 1 || repeated) && isAnswer(error);
        if (!(mayBeDone && (await this.#says(saysDone, error)))) {
          await this.#unexpected(`${kind} ${name}`, error);
          return false;
        }
      }
      this.#ledger.acknowledge(kind, name);
      return true;
    }
    return false;
  }

  /** The look that tells whether it is done meets the same failures as the call itself. */
  async #says(saysDone: SaysDone, answer: Error): Promise<boolean> {
    while (!this.#over) {
      try {
        return await saysDone(answer);
      } catch (error) {
        if (!this.#isPassing(error)) throw error;
        await sleep(25);
      }
    }
    return false;
  }

  /** Failures that trouble brings and that pass: no answer at all, or the clear one that nothing can be written now. */
  #isPassing(error: unknown): boolean {
    if (!isAnswer(error)) this.#ledger.unanswered++;
    else if (error.name === "ServiceUnavailable") this.#ledger.refused++;
    else return false;
    return true;
  }

  async #unexpected(what: string, error: unknown): Promise<void> {
    this.#ledger.unexpected.push(`${what}: ${String(error)}`);
    await sleep(500);
  }

  async #versionOf(id: string): Promise<number> {
    return numberIn(await this.#read(id), "version");
  }

  async #historyVersionOf(id: string): Promise<number> {
    return numberIn(await this.#read(id), "historyVersion");
  }

  async #read(id: string): Promise<Record<string, { N?: string }>> {
    const answer = await this.#ground.clients.dynamodb.send(
      new GetItemCommand({ TableName: this.#ground.table, Key: { PK: { S: `REQ#${id}` } }, ConsistentRead: true }),
    );
    return answer.Item ?? {};
  }
}

function numberIn(item: Record<string, { N?: string }>, attribute: string): number {
  return Number(item[attribute]?.N ?? Number.NaN);
}

/** An error the endpoint sent; what the SDK throws for a connection that broke has no fault in it. */
function isAnswer(error: unknown): error is Error {
  return error instanceof Error && "$fault" in error;
}

function isConditionFailed(error: Error): boolean {
  return error instanceof DynamoDBServiceException && error.name === "ConditionalCheckFailedException";
}
