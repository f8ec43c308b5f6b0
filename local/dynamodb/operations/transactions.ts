import { hash } from "node:crypto";
import { AwsError } from "../../errors.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import type { Store } from "../../store.ts";
import { type Catalogue, tableName } from "../catalogue.ts";
import { objects } from "../definition.ts";
import { invalid } from "../errors.ts";
import { matches } from "../expressions/matches.ts";
import { project } from "../expressions/paths.ts";
import { Placeholders } from "../expressions/placeholders.ts";
import { checkStyle, projectionOf } from "../expressions/request.ts";
import type { Items } from "../items.ts";
import { keyText, parseKey, type RowKey, rowKey } from "../keys.ts";
import { checkShape } from "../shape.ts";
import { TRANSACT_GET_ITEMS, TRANSACT_WRITE_ITEMS } from "../shapes.ts";
import type { Sized, StoredItem } from "../stored-item.ts";
import type { Table } from "../table.ts";
import { TransactionCapacity } from "../transaction-capacity.ts";
import { checkKeyPaths, type DraftWrite, draftKeyed, draftPut, draftUpdate, fitWrite, objectOf, outcome, type Write } from "./writes.ts";

const TOKEN_SECONDS = 600;

/** One part of a transaction that can be carried out. */
interface Ready {
  readonly write: Write;
  readonly before: StoredItem | undefined;
  readonly after: Sized | undefined;
}

export class Transactions {
  readonly #store: Store;
  readonly #catalogue: Catalogue;
  readonly #items: Items;
  readonly #now: () => number;

  constructor(store: Store, catalogue: Catalogue, items: Items, now: () => number) {
    this.#store = store;
    this.#catalogue = catalogue;
    this.#items = items;
    this.#now = now;
  }

  transactWriteItems(input: JsonObject, region: string): JsonObject {
    checkShape(TRANSACT_WRITE_ITEMS, input);
    const drafts = objects(input.TransactItems).map(draft);
    const tables = drafts.map((one) => this.#catalogue.get(tableName(one.input), region));
    const repeated = this.#isRepeated(input, region);
    const ready = unlessCancelled(drafts, (one, position) => {
      const table = tables[position];
      return table === undefined ? undefined : this.#prepare(one, table, repeated);
    });
    checkOnePerItem(ready.map(({ write }) => write));
    const capacity = new TransactionCapacity(input, repeated ? "ReadCapacityUnits" : "WriteCapacityUnits");
    for (const { write, before, after } of ready) {
      // What was carried out before is only read again, and costs that.
      if (repeated) {
        capacity.addRead(write.table, before);
        continue;
      }
      if (write.action.kind !== "check") this.#items.carryOut(write.table, write.key, before, after);
      const result = write.action.kind === "check" ? before?.item : after?.item;
      capacity.addWrite(write.table, before?.item, result);
    }
    return capacity.answer();
  }

  /** A repeated transaction was carried out before: its conditions need not hold any more. */
  #prepare(one: DraftWrite, table: Table, repeated: boolean): Ready | AwsError {
    const write = fitWrite(one, table);
    const before = this.#items.find(table, write.key);
    if (repeated) return { write, before, after: undefined };
    if (one.condition !== undefined && !matches(one.condition, before?.item ?? {})) {
      const shown: JsonObject = {};
      if (one.input.ReturnValuesOnConditionCheckFailure === "ALL_OLD" && before !== undefined) shown.Item = before.item;
      return new AwsError("ConditionalCheckFailed", "The conditional request failed", { members: shown });
    }
    return { write, before, after: outcome(write, before) };
  }

  /** Whether the caller has sent this transaction before, by its token; remembers it if not. */
  #isRepeated({ ClientRequestToken: token, TransactItems: items }: JsonObject, region: string): boolean {
    if (typeof token !== "string") return false;
    const digest = hash("sha256", JSON.stringify(items ?? null, sortedMembers));
    const seconds = Math.floor(this.#now() / 1000);
    const row = this.#store
      .sql("SELECT digest FROM ddb_requests WHERE region = ? AND token = ? AND expires > ?")
      .get(region, token, seconds);
    if (row === undefined) {
      this.#store
        .sql("INSERT OR REPLACE INTO ddb_requests (region, token, digest, expires) VALUES (?, ?, ?, ?)")
        .run(region, token, digest, seconds + TOKEN_SECONDS);
      return false;
    }
    if (row.digest === digest) return true;
    throw new AwsError(
      "IdempotentParameterMismatchException",
      "The provided client token is already in use and the parameters of the request do not match those of the previous one.",
    );
  }

  transactGetItems(input: JsonObject, region: string): JsonObject {
    checkShape(TRANSACT_GET_ITEMS, input);
    const gets = objects(input.TransactItems).map((item) => draftGet(objectOf(item, "Get")));
    const tables = gets.map(({ get }) => this.#catalogue.get(tableName(get), region));
    const found = unlessCancelled(gets, ({ get, paths }, position) => {
      const table = tables[position];
      if (table === undefined) return undefined;
      if (paths !== undefined) checkKeyPaths(table, paths);
      const key = rowKey(table.key, parseKey(table, objectOf(get, "Key")));
      return { table, key, paths, stored: this.#items.find(table, key) };
    });
    checkOnePerItem(found);
    const capacity = new TransactionCapacity(input, "ReadCapacityUnits");
    const responses = found.map(({ table, stored, paths }): JsonObject => {
      capacity.addRead(table, stored);
      if (stored === undefined) return {};
      return { Item: paths === undefined ? stored.item : project(stored.item, paths) };
    });
    return { Responses: responses, ...capacity.answer() };
  }
}

/** For JSON.stringify: the members of an object have no order, so two spellings of one request are the same request. */
function sortedMembers(_name: string, value: Json): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function draftGet(get: JsonObject) {
  checkStyle(get, ["ProjectionExpression"], []);
  const placeholders = new Placeholders(get);
  const paths = projectionOf(get, placeholders);
  placeholders.checkAllUsed();
  return { get, paths };
}

function draft(item: JsonObject): DraftWrite {
  const kinds = ["ConditionCheck", "Put", "Delete", "Update"].filter((kind) => isObject(item[kind]));
  const [kind] = kinds;
  if (kind === undefined) throw invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
  if (kinds.length > 1) throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
  const request = objectOf(item, kind);
  const expressions = kind === "Update" ? ["UpdateExpression", "ConditionExpression"] : ["ConditionExpression"];
  checkStyle(request, expressions, []);
  if (kind === "Put") return draftPut(request);
  if (kind === "Update") return draftUpdate(request);
  return draftKeyed(request, kind === "Delete" ? "delete" : "check");
}

/** Prepares every part; if any of them cannot be carried out, none is, and the caller is told the reason for each. */
function unlessCancelled<T, R extends object>(parts: readonly T[], prepare: (part: T, position: number) => R | AwsError | undefined): R[] {
  const prepared = parts.map((part, position) => reasoned(() => prepare(part, position)));
  if (!prepared.some((result) => result instanceof AwsError)) {
    return prepared.flatMap((result) => (result === undefined || result instanceof AwsError ? [] : [result]));
  }
  const reasons = prepared.map((result): JsonObject => {
    if (!(result instanceof AwsError)) return { Code: "None" };
    const code = result.code === "ValidationException" ? "ValidationError" : result.code;
    return { Code: code, Message: result.message, ...result.members };
  });
  const codes = reasons.map(({ Code }) => String(Code)).join(", ");
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  throw new AwsError("TransactionCanceledException", message, { members: { CancellationReasons: reasons } });
}

function reasoned<R>(prepare: () => R | AwsError | undefined): R | AwsError | undefined {
  try {
    return prepare();
  } catch (error) {
    if (error instanceof AwsError && error.code === "ValidationException") return error;
    throw error;
  }
}

function checkOnePerItem(parts: readonly { readonly table: Table; readonly key: RowKey }[]): void {
  const seen = new Set(parts.map(({ table, key }) => `${table.id}/${keyText(key)}`));
  if (seen.size < parts.length) throw invalid("Transaction request cannot include multiple operations on one item");
}
