import assert from "node:assert/strict";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { readHistory } from "../../domain/archive.ts";
import { changeStatus } from "../../domain/changes.ts";
import { type ChangeEvent, formatEntry, type HistoryEntry, parseInput } from "../../domain/event.ts";
import { writeHistory } from "../../domain/history.ts";
import { eventIdOf, recordKey } from "../../domain/ids.ts";
import type { Kind } from "../../domain/kind.ts";
import { relayRound, type Starter } from "../../domain/relay.ts";
import { type RequestStatus, requests } from "../../domain/requests.ts";
import { changeByStep } from "../../domain/steps.ts";
import { endpointKind, uniqueName } from "./support/endpoint.ts";
import { dropTable, FakeClock, item, ledgerOver, newTable, nextStatus, stored, type TestLedger } from "./support/ledger.ts";
import { ActorClient, type Kill, Killed, Turns } from "./support/turns.ts";

type Actor = { readonly kill: Kill | undefined } & (
  | { readonly act: "change"; readonly to: RequestStatus }
  | { readonly act: "step"; readonly to: RequestStatus; readonly step: number }
  | { readonly act: "deliver"; readonly which: number }
);

interface Program {
  /** How many entries the record's history has at the start. */
  readonly entries: number;
  /** What runs at the same time, batch by batch. */
  readonly batches: readonly (readonly Actor[])[];
  readonly picks: readonly number[];
}

/** Every status leads on, for callers and steps alike, so that programs go on for long. */
const kind: Kind<RequestStatus> = {
  ...requests,
  transitions: {
    ...requests.transitions,
    PENDING: ["IN_PROGRESS", "ON_HOLD"],
    IN_PROGRESS: ["ON_HOLD", "IN_PROGRESS"],
    ON_HOLD: ["IN_PROGRESS"],
  },
  stepTransitions: { ...requests.stepTransitions, PENDING: ["IN_PROGRESS"], IN_PROGRESS: ["ON_HOLD"], ON_HOLD: ["IN_PROGRESS"] },
};

const kill: fc.Arbitrary<Kill | undefined> = fc.option(fc.record({ call: fc.integer({ min: 1, max: 5 }), sent: fc.boolean() }), {
  nil: undefined,
  freq: 4,
});
const to = fc.constantFrom<RequestStatus>("IN_PROGRESS", "ON_HOLD");
const actor: fc.Arbitrary<Actor> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant("change" as const), to, kill }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant("deliver" as const), which: fc.nat(9), kill }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("step" as const), to, step: fc.nat(2), kill }) },
);
const program: fc.Arbitrary<Program> = fc.record({
  entries: fc.constantFrom(1, 2, 47, 96, 98, 99, 120, 148),
  batches: fc.array(fc.array(actor, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 7 }),
  picks: fc.array(fc.nat(3), { minLength: 20, maxLength: 60 }),
});

describe("Random programs of changes, steps and repeated, reordered deliveries with crashes, on DynamoDB", () => {
  let table: string;
  let actors: ActorClient[];

  before(async () => {
    table = await newTable();
    actors = [1, 2, 3, 4].map(() => new ActorClient());
  });
  after(async () => {
    for (const { client } of actors) client.destroy();
    await dropTable(table);
  });

  /** What is known from outside: what was tried, what was acknowledged, which messages there are. */
  class World {
    readonly time = new FakeClock();
    readonly ledger: TestLedger = { ...ledgerOver(table, undefined, this.time), kind };
    readonly id = uniqueName("r");
    readonly tried = new Set<string>();
    readonly acknowledged = new Map<string, number>();
    readonly messages: ChangeEvent[] = [];
    readonly settled = new Map<string, number>();
    #calls = 0;

    /** Puts a record into the table whose history has been written up to a version. */
    async begin(entries: number): Promise<void> {
      const at = "2025-12-31T00:00:00.000Z";
      const history = Array.from({ length: entries }, (_, index): HistoryEntry => {
        const version = index + 1;
        const from = version === 1 ? null : statusAt(version - 1);
        const facts = { eventId: eventIdOf(this.id, version), version, from, to: statusAt(version), changedAt: at, notifiedAt: at };
        this.tried.add(`before-${version}`);
        this.acknowledged.set(`before-${version}`, version);
        return { ...facts, changeId: `before-${version}`, type: "before" };
      });
      const numbers = { v: 1, version: entries, historyVersion: entries, archivedVersion: 0 };
      const texts = { PK: recordKey(kind, this.id), status: statusAt(entries), createdAt: at, updatedAt: at };
      const Item = {
        ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, { N: String(value) }])),
        ...Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, { S: value }])),
        statusHistory: { L: history.map((entry) => ({ M: { ...formatEntry(entry) } })) },
        pending: { M: {} },
        failed: { M: {} },
      };
      await this.ledger.client.send(new PutItemCommand({ TableName: table, Item }));
    }

    async play({ act, ...rest }: Actor, over: TestLedger): Promise<void> {
      if (act === "change" && "to" in rest) await this.#change(rest.to, over);
      else if (act === "step" && "step" in rest) await this.#step(rest.to, rest.step, over);
      else if ("which" in rest) await this.deliver(this.messages[rest.which % Math.max(1, this.messages.length)], over);
    }

    async #change(status: RequestStatus, over: TestLedger): Promise<void> {
      const changeId = `call-${++this.#calls}`;
      this.tried.add(changeId);
      const outcome = await changeStatus(over, { id: this.id, to: status, changeId });
      if (outcome.outcome !== "changed" && outcome.outcome !== "alreadyOurs") return;
      const change = outcome.outcome === "changed" ? outcome.event : outcome.change;
      this.acknowledged.set(changeId, change.version);
      if (outcome.input !== undefined) this.messages.push(parseInput(outcome.input));
    }

    async #step(status: RequestStatus, step: number, over: TestLedger): Promise<void> {
      const changeId = `step-${step}`;
      this.tried.add(changeId);
      const outcome = await changeByStep(over, { id: this.id, to: status, changeId, afterVersion: 0 });
      if (outcome.outcome !== "changed" && outcome.outcome !== "alreadyOurs") return;
      assert.equal(this.acknowledged.get(changeId) ?? outcome.entry.version, outcome.entry.version);
      this.acknowledged.set(changeId, outcome.entry.version);
    }

    async deliver(event: ChangeEvent | undefined, over: TestLedger): Promise<void> {
      if (event === undefined) return;
      const outcome = await writeHistory(over, event);
      assert.ok(outcome.outcome === "settled");
      assert.deepEqual([outcome.entry.eventId, outcome.entry.changeId], [event.eventId, event.changeId]);
      if (!outcome.duplicate) this.settled.set(event.eventId, (this.settled.get(event.eventId) ?? 0) + 1);
    }

    /** The relay starts what nobody did, and every message arrives twice, until nothing is pending. */
    async drain(): Promise<void> {
      const starter: Starter = {
        start: async (_name, input) => {
          this.messages.push(parseInput(input));
          return "started";
        },
        describe: async () => undefined,
      };
      do {
        this.time.advance(200_000);
        assert.deepEqual((await relayRound(this.ledger, starter)).errors, []);
        for (const event of [...this.messages, ...this.messages].reverse()) await this.deliver(event, this.ledger);
        assert.ok(this.time.now < Date.parse("2026-01-01T00:20:00.000Z"), "Something stays pending.");
      } while ((await stored(this.ledger, this.id)).pending.size > 0);
    }

    async assess(): Promise<void> {
      const record = await stored(this.ledger, this.id);
      const history = await readHistory(this.ledger, this.id, record, 0, 1_000);
      const shown = await item(this.ledger, this.id);
      assert.deepEqual(
        history.map(({ version }) => version),
        Array.from({ length: record.version }, (_, index) => index + 1),
      );
      assert.equal(record.historyVersion, record.version);
      assert.equal(record.archivedVersion + record.history.length, record.version);
      // Whoever was to archive may have been killed; the repeated message makes good for it.
      if (this.messages.length > 0) assert.ok(record.history.length < 100, `${record.history.length} entries in the item`);
      assert.deepEqual(
        [shown.pendingShard, shown.pendingDue, shown.pendingSince, record.failed.size],
        [undefined, undefined, undefined, 0],
      );
      for (const [index, entry] of history.entries()) {
        assert.equal(entry.from, index === 0 ? null : history[index - 1]?.to);
        assert.ok(this.tried.has(entry.changeId), `Nobody asked for ${entry.changeId}.`);
      }
      assert.equal(history.at(-1)?.to, record.status);
      assert.equal(new Set(history.map(({ changeId }) => changeId)).size, history.length);
      for (const [changeId, version] of this.acknowledged) assert.equal(history[version - 1]?.changeId, changeId);
      for (const [eventId, times] of this.settled) assert.equal(times, 1, `${eventId} was settled ${times} times.`);
    }
  }

  it("end with a history that is in order and complete, each change in it once, and nothing pending", async function () {
    this.timeout(300_000);
    const numRuns = endpointKind() === "milepost" ? 300 : 40;
    await fc.assert(
      fc.asyncProperty(program, async ({ entries, batches, picks }) => {
        const world = new World();
        await world.begin(entries);
        let picked = 0;
        const turns = new Turns((count) => (picks[picked++ % picks.length] ?? 0) % count);
        for (const batch of batches) {
          world.time.advance(1_000);
          await turns.run(
            batch.map((one, index) => async () => {
              const client = actors[index]?.become(turns, one.kill);
              assert.ok(client !== undefined);
              await world.play(one, { ...world.ledger, client }).catch((error: unknown) => {
                if (!(error instanceof Killed)) throw error;
              });
            }),
          );
        }
        await world.drain();
        await world.assess();
      }),
      { numRuns },
    );
  });
});

function statusAt(version: number): RequestStatus {
  return version === 1 ? "PENDING" : nextStatus(version);
}
