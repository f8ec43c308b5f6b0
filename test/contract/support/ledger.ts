import { randomUUID } from "node:crypto";
import {
  type AttributeDefinition,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import type { Item } from "../../../domain/attributes.ts";
import { type ChangeOutcome, changeStatus } from "../../../domain/changes.ts";
import { createRecord } from "../../../domain/creation.ts";
import type { ChangeEvent } from "../../../domain/event.ts";
import { recordKey } from "../../../domain/ids.ts";
import { type Ledger, readRecord } from "../../../domain/ledger.ts";
import type { StoredRecord } from "../../../domain/record.ts";
import { type RequestStatus, requests } from "../../../domain/requests.ts";
import { makeClients } from "../../support/clients.ts";
import { aws, endpointUrl, uniqueName } from "./endpoint.ts";

/** A clock that stands still until a test moves it. */
export class FakeClock {
  now = Date.parse("2026-01-01T00:00:00.000Z");

  advance(ms: number): void {
    this.now += ms;
  }
}

export interface TestLedger extends Ledger<RequestStatus> {
  readonly time: FakeClock;
}

/** A ledger of requests over a table; others over the same table and clock stand for other processes. */
export function ledgerOver(table: string, client: DynamoDBClient = aws().dynamodb, time = new FakeClock()): TestLedger {
  return { kind: requests, table, client, time, clock: () => time.now, random: () => 0.5 };
}

/** Makes the table of records with the indexes that find pending ones and those of a status. */
/** An index over one attribute of a kind's own, with the records of each of its values in the order of their creation. */
export interface OwnIndex {
  readonly name: string;
  readonly attribute: string;
  readonly shows?: readonly string[];
}

export async function newTable(own: readonly OwnIndex[] = []): Promise<string> {
  const TableName = uniqueName("records");
  const attribute = (AttributeName: string, AttributeType: "S" | "N"): AttributeDefinition => ({ AttributeName, AttributeType });
  await aws().dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        ...[attribute("PK", "S"), attribute("pendingShard", "S"), attribute("pendingDue", "N")],
        ...[attribute("status", "S"), attribute("createdKey", "S")],
        ...own.map((index) => attribute(index.attribute, "S")),
      ],
      KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
      GlobalSecondaryIndexes: [
        {
          IndexName: "Pending",
          KeySchema: [
            { AttributeName: "pendingShard", KeyType: "HASH" },
            { AttributeName: "pendingDue", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["pendingSince"] },
        },
        {
          IndexName: "ByStatus",
          KeySchema: [
            { AttributeName: "status", KeyType: "HASH" },
            { AttributeName: "createdKey", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
        ...own.map((index) => ({
          IndexName: index.name,
          KeySchema: [
            { AttributeName: index.attribute, KeyType: "HASH" as const },
            { AttributeName: "createdKey", KeyType: "RANGE" as const },
          ],
          Projection:
            index.shows === undefined
              ? { ProjectionType: "KEYS_ONLY" as const }
              : { ProjectionType: "INCLUDE" as const, NonKeyAttributes: [...index.shows] },
        })),
      ],
    }),
  );
  await waitUntilTableExists({ client: aws().dynamodb, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
  return TableName;
}

export async function dropTable(TableName: string): Promise<void> {
  await aws().dynamodb.send(new DeleteTableCommand({ TableName }));
}

/** A client of its own that a test can meddle with: act just before a call, lose an answer, count what was sent. */
export class MeddledClient {
  readonly client: DynamoDBClient;
  readonly sent: string[] = [];
  readonly #acts: { command: string; act: () => Promise<unknown> }[] = [];
  readonly #lost: string[] = [];
  readonly #repetitions: { command: string; act: () => Promise<unknown> }[] = [];

  constructor() {
    this.client = makeClients(endpointUrl(), { maxAttempts: 3 }).dynamodb;
    this.client.middlewareStack.add(
      (next, context) => async (args) => {
        const command = String(context.commandName);
        this.sent.push(command);
        await take(this.#acts, command)?.act();
        return next(args);
      },
      { step: "initialize", name: "act before a call" },
    );
    this.client.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        const index = this.#lost.indexOf(String(context.commandName));
        if (index < 0) return result;
        this.#lost.splice(index, 1);
        await take(this.#repetitions, String(context.commandName))?.act();
        // What the SDK takes for a connection that broke, and repeats the call for.
        throw Object.assign(new Error("The answer was lost."), { name: "TimeoutError" });
      },
      { step: "deserialize", name: "lose an answer" },
    );
  }

  /** Does something between what the code under test has read and its next such call. */
  before(
    command: "UpdateItemCommand" | "PutItemCommand" | "GetItemCommand" | "BatchGetItemCommand" | "DeleteItemCommand" | "QueryCommand",
    act: () => Promise<unknown>,
  ): void {
    this.#acts.push({ command, act });
  }

  /** Does something after a call whose answer is lost and before the SDK repeats it. */
  beforeRepetition(command: "UpdateItemCommand", act: () => Promise<unknown>): void {
    this.#repetitions.push({ command, act });
  }

  /** Makes the endpoint one of those that do not send the item with a refusal. */
  hideItems(): void {
    this.client.middlewareStack.add(
      (next) => (args) =>
        next(args).catch((error: unknown) => {
          if (error instanceof ConditionalCheckFailedException) delete error.Item;
          throw error;
        }),
      { step: "initialize", name: "hide items" },
    );
  }

  /** The next such call is carried out, and its answer does not arrive. */
  loseAnswer(command: "UpdateItemCommand" | "PutItemCommand"): void {
    this.#lost.push(command);
  }
}

function take<Planned extends { command: string }>(planned: Planned[], command: string): Planned | undefined {
  const index = planned.findIndex((one) => one.command === command);
  return index < 0 ? undefined : planned.splice(index, 1)[0];
}

/** A record with its creation pending. */
export async function newRecord(ledger: Ledger<RequestStatus>): Promise<ChangeEvent> {
  const outcome = await createRecord(ledger, { id: uniqueName("r"), changeId: randomUUID() });
  if (outcome.outcome !== "created") throw new Error(`The record was not made: ${outcome.outcome}.`);
  return outcome.event;
}

export function tryChange(
  ledger: Ledger<RequestStatus>,
  id: string,
  to: RequestStatus,
  more: object = {},
): Promise<ChangeOutcome<RequestStatus>> {
  return changeStatus(ledger, { id, to, changeId: randomUUID(), ...more });
}

export async function change(ledger: Ledger<RequestStatus>, id: string, to: RequestStatus, more: object = {}): Promise<ChangeEvent> {
  const outcome = await tryChange(ledger, id, to, more);
  if (outcome.outcome !== "changed") throw new Error(`The status was not changed: ${JSON.stringify(outcome)}.`);
  return outcome.event;
}

/** A record with events 1 … n pending: its creation, then IN_PROGRESS and ON_HOLD in turn. */
export async function recordWithEvents(ledger: Ledger<RequestStatus>, count: number): Promise<ChangeEvent[]> {
  const events = [await newRecord(ledger)];
  for (let version = 2; version <= count; version++) events.push(await change(ledger, idOf(events), nextStatus(version)));
  return events;
}

export function nextStatus(version: number): RequestStatus {
  return version % 2 === 0 ? "IN_PROGRESS" : "ON_HOLD";
}

export function idOf(events: readonly ChangeEvent[]): string {
  return eventAt(events, 1).id;
}

export function eventAt(events: readonly ChangeEvent[], version: number): ChangeEvent {
  const event = events.find((one) => one.version === version);
  if (event === undefined) throw new Error(`There is no event ${version}.`);
  return event;
}

export async function stored(ledger: Ledger, id: string): Promise<StoredRecord> {
  const record = await readRecord(ledger, id);
  if (record === undefined) throw new Error(`There is no record ${id}.`);
  return record;
}

/** The item as it lies in the table. */
export async function item(ledger: Ledger, id: string): Promise<Item> {
  const Key = { PK: { S: recordKey(ledger.kind, id) } };
  const { Item: found } = await ledger.client.send(new GetItemCommand({ TableName: ledger.table, Key, ConsistentRead: true }));
  if (found === undefined) throw new Error(`There is no record ${id}.`);
  return found;
}

export function versions(record: StoredRecord): number[] {
  return record.history.map(({ version }) => version);
}
