import { AwsError } from "../../errors.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { addWrite, type Consumed, consumedCapacity, isCapacityWanted, noneConsumed, readUnits } from "../capacity.ts";
import type { Catalogue } from "../catalogue.ts";
import { objects } from "../definition.ts";
import { invalid, keyMismatch } from "../errors.ts";
import { project } from "../expressions/paths.ts";
import { type Path, Placeholders } from "../expressions/placeholders.ts";
import { checkStyle, projectionOf } from "../expressions/request.ts";
import type { Items } from "../items.ts";
import { keyText, parseKey, type RowKey, rowKey } from "../keys.ts";
import { checkShape } from "../shape.ts";
import { BATCH_GET_ITEM, BATCH_WRITE_ITEM } from "../shapes.ts";
import type { Table } from "../table.ts";
import type { Item } from "../value.ts";
import { checkKeyPaths, type DraftWrite, draftKeyed, draftPut, fitWrite, objectOf, outcome, type Write } from "./writes.ts";

const GET_MAX = 100;
const WRITE_MAX = 25;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** The keys asked of one table. */
interface Wanted {
  /** The name or ARN that the caller gave: answers are by that. */
  readonly name: string;
  readonly request: JsonObject;
  readonly table: Table;
  readonly paths: readonly Path[] | undefined;
  readonly keys: readonly { readonly json: JsonObject; readonly key: RowKey }[];
}

export class Batches {
  readonly #catalogue: Catalogue;
  readonly #items: Items;

  constructor(catalogue: Catalogue, items: Items) {
    this.#catalogue = catalogue;
    this.#items = items;
  }

  batchGetItem(input: JsonObject, region: string): JsonObject {
    checkShape(BATCH_GET_ITEM, input);
    const requests = Object.entries(objectOf(input, "RequestItems")).filter(isRequest);
    const keys = requests.reduce((sum, [, request]) => sum + objects(request.Keys).length, 0);
    if (keys > GET_MAX) throw invalid("Too many items requested for the BatchGetItem call");
    const wanted = requests.map(([name, request]) => this.#wanted(name, request, region));
    const responses: JsonObject = {};
    const unprocessed: JsonObject = {};
    const capacities: JsonObject[] = [];
    let room = ANSWER_BYTES_MAX;
    for (const table of wanted) {
      const read = this.#read(table, room);
      room -= read.bytes;
      responses[table.name] = read.items;
      if (read.left.length > 0) unprocessed[table.name] = { ...table.request, Keys: read.left };
      if (isCapacityWanted(input)) capacities.push(consumedCapacity(input, table.table, read.consumed));
    }
    const answer: JsonObject = { Responses: responses, UnprocessedKeys: unprocessed };
    return isCapacityWanted(input) ? { ...answer, ConsumedCapacity: capacities } : answer;
  }

  #wanted(name: string, request: JsonObject, region: string): Wanted {
    checkStyle(request, ["ProjectionExpression"], ["AttributesToGet"]);
    const placeholders = new Placeholders(request);
    const paths = projectionOf(request, placeholders);
    placeholders.checkAllUsed();
    const table = this.#catalogue.get(name, region);
    if (paths !== undefined) checkKeyPaths(table, paths);
    const keys = objects(request.Keys).map((json) => ({ json, key: rowKey(table.key, parseKey(table, json)) }));
    checkNoDuplicates(keys.map(({ key }) => key));
    return { name, request, table, paths, keys };
  }

  #read({ table, paths, keys, request }: Wanted, room: number) {
    const items: Item[] = [];
    const left: JsonObject[] = [];
    const consumed = noneConsumed();
    let bytes = 0;
    for (const { json, key } of keys) {
      const found = this.#items.find(table, key);
      const size = found?.size ?? 0;
      if (bytes + size > room) {
        left.push(json);
        continue;
      }
      bytes += size;
      consumed.table += readUnits(size, request.ConsistentRead === true);
      if (found !== undefined) items.push(paths === undefined ? found.item : project(found.item, paths));
    }
    return { items, left, bytes, consumed };
  }

  batchWriteItem(input: JsonObject, region: string): JsonObject {
    checkShape(BATCH_WRITE_ITEM, input);
    const requests = Object.entries(objectOf(input, "RequestItems")).map(([name, list]) => ({ name, drafts: objects(list).map(draft) }));
    if (requests.reduce((sum, { drafts }) => sum + drafts.length, 0) > WRITE_MAX) {
      throw invalid("Too many items requested for the BatchWriteItem call");
    }
    const tables = requests.map(({ name, drafts }) => this.#fit(drafts, this.#catalogue.get(name, region)));
    const capacities = tables.map(({ table, writes }) => {
      const consumed = noneConsumed();
      for (const write of writes) this.#carryOut(write, input, consumed);
      return consumedCapacity(input, table, consumed);
    });
    const answer: JsonObject = { UnprocessedItems: {} };
    return isCapacityWanted(input) ? { ...answer, ConsumedCapacity: capacities } : answer;
  }

  #fit(drafts: readonly DraftWrite[], table: Table): { table: Table; writes: Write[] } {
    const writes = drafts.map((request) => fitBatched(request, table));
    checkNoDuplicates(writes.map(({ key }) => key));
    return { table, writes };
  }

  #carryOut(write: Write, input: JsonObject, consumed: Consumed): void {
    const before = this.#items.find(write.table, write.key);
    const after = outcome(write, before);
    this.#items.carryOut(write.table, write.key, before, after);
    if (isCapacityWanted(input)) addWrite(consumed, write.table, before?.item, after?.item, 1);
  }
}

function isRequest(entry: [string, Json]): entry is [string, JsonObject] {
  return isObject(entry[1]);
}

function draft(request: JsonObject): DraftWrite {
  const { PutRequest: put, DeleteRequest: remove } = request;
  if (isObject(put) === isObject(remove)) {
    throw invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
  }
  return isObject(put) ? draftPut(put) : draftKeyed(objectOf(request, "DeleteRequest"), "delete");
}

/** In a batch AWS says only that a key does not fit, not what is wrong with it. */
function fitBatched(request: DraftWrite, table: Table): Write {
  try {
    return fitWrite(request, table);
  } catch (error) {
    const keyed = error instanceof AwsError && /Missing the key|Type mismatch for key/.test(error.message);
    throw keyed ? keyMismatch() : error;
  }
}

export function checkNoDuplicates(keys: readonly RowKey[], message = "Provided list of item keys contains duplicates"): void {
  const seen = new Set(keys.map(keyText));
  if (seen.size < keys.length) throw invalid(message);
}
