import { createDynamoDb } from "../../../local/dynamodb/dynamodb.ts";
import { DYNAMODB_SCHEMA } from "../../../local/dynamodb/schema.ts";
import type { JsonObject } from "../../../local/json.ts";
import { openStore } from "../../../local/store.ts";
import { REGION } from "./endpoint.ts";

/**
 * Writes items of the table `things` until it is killed, many at a time, and prints each id whose write was acknowledged.
 * Every write moves its item within the index `by-color`.
 */
const AT_ONCE = 8;
const COLORS = ["red", "green", "blue"];
const [file = "", round = "0"] = process.argv.slice(2);
const store = openStore(file, DYNAMODB_SCHEMA);
const db = createDynamoDb(store);

function put(id: string, color: string | undefined): Promise<JsonObject> {
  const item: JsonObject = { id: { S: id } };
  if (color !== undefined) item.color = { S: color };
  return store.write(() => db.putItem({ TableName: "things", Item: item }, REGION));
}

async function write(lane: number): Promise<never> {
  for (let n = 0; ; n++) {
    await put(`shared-${n % 50}`, COLORS[(n + lane) % 4]);
    const id = `${round}-${lane}-${n}`;
    await put(id, COLORS[n % 4]);
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => write(lane)));
