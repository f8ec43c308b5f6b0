import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { makeClients } from "../../support/clients.ts";
import { endpointUrl } from "./endpoint.ts";

/** Ends an actor as a crash would: before one of its calls, or after it, with the answer lost. */
export class Killed extends Error {
  override readonly name = "Killed";
}

export interface Kill {
  /** Which of its calls, from 1. */
  readonly call: number;
  readonly sent: boolean;
}

/**
 * Lets actors run at the same time, one call of one of them after the other, in an order that `pick` decides: it is asked
 * only once each actor waits to make a call, so the same picks give the same interleaving again.
 */
export class Turns {
  readonly #pick: (count: number) => number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(pick: (count: number) => number) {
    this.#pick = pick;
  }

  async run(actors: readonly (() => Promise<void>)[]): Promise<void> {
    this.#running = actors.length;
    await Promise.all(
      actors.map(async (actor) => {
        try {
          await actor();
        } finally {
          this.#running--;
          this.#next();
        }
      }),
    );
  }

  turn(): Promise<void> {
    return new Promise((resume) => {
      this.#waiting.push(resume);
      this.#next();
    });
  }

  #next(): void {
    if (this.#waiting.length < this.#running || this.#waiting.length === 0) return;
    const [resume] = this.#waiting.splice(this.#pick(this.#waiting.length), 1);
    resume?.();
  }
}

/** A client whose every call waits for its turn, and dies where it is told to. */
export class ActorClient {
  readonly client: DynamoDBClient;
  #turns: Turns | undefined;
  #kill: Kill | undefined;
  #calls = 0;

  constructor() {
    this.client = makeClients(endpointUrl()).dynamodb;
    this.client.middlewareStack.add(
      (next) => async (args) => {
        await this.#turns?.turn();
        const dies = ++this.#calls === this.#kill?.call;
        if (dies && this.#kill?.sent === false) throw new Killed("before a call");
        const result = await next(args);
        if (dies) throw new Killed("after a call");
        return result;
      },
      { step: "initialize", name: "take turns" },
    );
  }

  /** Begins an actor's life. */
  become(turns: Turns, kill: Kill | undefined): DynamoDBClient {
    this.#turns = turns;
    this.#kill = kill;
    this.#calls = 0;
    return this.client;
  }
}
