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

/** Clients that go on through every failure, as Milepost's API and worker do, and write down what they were told. */
export class Load {
  readonly #ground: Ground;
  readonly #ledger: Ledger;
  readonly #callers: Promise<unknown>;
  readonly #pollers: Promise<unknown>;
  #calling = true;
  #polling = true;

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
    this.#polling = false;
    await this.#pollers;
  }

  async #call(caller: number): Promise<void> {
    for (let record = 1; this.#calling; record++) {
      const id = `c${caller}-${record}`;
      await this.#settle("record", id, () => createRecord(this.#ground, id), isConditionFailed);
      for (let version = 1; this.#calling && version <= CHANGES_OF_A_RECORD; version++) await this.#change({ id, version });
    }
  }

  async #change(change: Change): Promise<void> {
    const name = executionName(change);
    const ended = this.#ledger.begin(change);
    await this.#settle(
      "status",
      name,
      () => writeStatus(this.#ground, change),
      async (error) => {
        return isConditionFailed(error) && (await this.#versionOf(change.id)) === change.version;
      },
    );
    await this.#settle(
      "start",
      name,
      () => startExecution(this.#ground, change),
      (error) => error.name === "ExecutionAlreadyExists",
    );
    await ended;
  }

  async #poll(): Promise<void> {
    while (this.#polling) {
      const askedAt = performance.now();
      const tasks = await receiveTasks(this.#ground, 1).catch((error: unknown) => this.#putOff("a receive", error));
      for (const task of tasks ?? []) this.#ledger.received(task, task.messageId, askedAt);
      await Promise.all((tasks ?? []).map((task) => this.#handle(task)));
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
   * Sends a call until it is answered. Where an earlier sending went unanswered, the endpoint may say that it is done
   * already; said to a first sending, that is unexpected.
   */
  async #settle(
    kind: Kind,
    name: string,
    send: () => Promise<void>,
    saysDone: (error: Error) => boolean | Promise<boolean>,
  ): Promise<void> {
    const repeated = this.#ledger.wasAttempted(kind, name);
    this.#ledger.attempt(kind, name);
    for (let sendings = 1; ; sendings++) {
      try {
        await send();
        break;
      } catch (error) {
        if ((sendings > 1 || repeated) && error instanceof Error && isAnswer(error) && (await this.#says(saysDone, error))) break;
        await this.#putOff(`${kind} ${name}`, error);
      }
    }
    this.#ledger.acknowledge(kind, name);
  }

  /** The look that tells whether it is done meets the same failures as the call itself. */
  async #says(saysDone: (error: Error) => boolean | Promise<boolean>, error: Error): Promise<boolean> {
    for (;;) {
      try {
        return await saysDone(error);
      } catch (trouble) {
        await this.#putOff("a read", trouble);
      }
    }
  }

  /** Waits a little after a failure that may be; any other is written down. */
  async #putOff(what: string, error: unknown): Promise<undefined> {
    if (!(error instanceof Error) || !isAnswer(error)) this.#ledger.unanswered++;
    else if (error.name === "ServiceUnavailable") this.#ledger.refused++;
    else {
      this.#ledger.unexpected.push(`${what}: ${error.name}: ${error.message}`);
      await sleep(500);
    }
    await sleep(25);
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
function isAnswer(error: Error): boolean {
  return "$fault" in error;
}

function isConditionFailed(error: Error): boolean {
  return error instanceof DynamoDBServiceException && error.name === "ConditionalCheckFailedException";
}
