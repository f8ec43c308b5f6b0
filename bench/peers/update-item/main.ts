/**
 * What the workflow costs: the same API with no workflow at all. A change is one UpdateItem, which checks the status, sets
 * it and appends to the history. An entry's version is its place there.
 */
import { randomUUID } from "node:crypto";
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { type Item, map, maps, mapsAt, text, textAt } from "../../../domain/attributes.ts";
import { type PeerEntry, type PeerStore, servePeer } from "../serve.ts";

const TABLE = "Records";

const client = new DynamoDBClient({
  endpoint: process.env.AWS_ENDPOINT_URL ?? "",
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  requestHandler: { httpAgent: { keepAlive: true, maxSockets: 256 } },
});

const store: PeerStore = {
  create: async ({ id, title, tokenHash }) => {
    const statusHistory = maps([entryOf(randomUUID(), "PENDING")]);
    const Item = { PK: text(id), title: text(title), tokenHash: text(tokenHash), status: text("PENDING"), statusHistory };
    await client.send(new PutItemCommand({ TableName: TABLE, Item, ConditionExpression: "attribute_not_exists(PK)" }));
  },

  read: async (id) => {
    const item = await readItem(id);
    return item && { status: textAt(item, "status"), tokenHash: textAt(item, "tokenHash"), history: historyIn(item) };
  },

  change: async (id, from, to) => {
    const eventId = randomUUID();
    const places = from.map((_, index) => `:from${index}`);
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: TABLE,
          Key: { PK: text(id) },
          UpdateExpression: "SET #status = :to, statusHistory = list_append(statusHistory, :entry)",
          ConditionExpression: `#status IN (${places.join(", ")})`,
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":to": text(to),
            ":entry": { L: [map(entryOf(eventId, to))] },
            ...Object.fromEntries(from.map((status, index) => [`:from${index}`, text(status)])),
          },
        }),
      );
      return eventId;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  },
};

async function readItem(id: string): Promise<Item | undefined> {
  const { Item: item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: { PK: text(id) }, ConsistentRead: true }));
  return item;
}

function entryOf(eventId: string, to: string): Item {
  return { eventId: text(eventId), to: text(to), changedAt: text(new Date().toISOString()) };
}

function historyIn(item: Item): PeerEntry[] {
  return mapsAt(item, "statusHistory").map((entry, index) => ({
    eventId: textAt(entry, "eventId"),
    version: index + 1,
    to: textAt(entry, "to"),
  }));
}

await client.send(
  new CreateTableCommand({
    TableName: TABLE,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "PK", AttributeType: "S" }],
  }),
);
servePeer(store);
