import { AwsError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { sameValue } from "./compare.ts";
import type { Position } from "./cursor.ts";
import { invalid } from "./errors.ts";
import { inRange, type KeyRange } from "./key-conditions.ts";
import { checkedKey, keyOf, rowKey } from "./keys.ts";
import { type Index, type KeySchema, keyAttributes, type Table } from "./table.ts";
import { attribute, type Item, parseItem } from "./value.ts";

const INVALID = "The provided starting key is invalid";

/** What AWS says of a bad number or set without mentioning where it stood. */
const UNPREFIXED = /contains duplicates|number set|numeric value|significant digits|number with magnitude/;

export function parseStartKey(input: JsonObject): Item | undefined {
  const { ExclusiveStartKey: json } = input;
  if (json === undefined || json === null || typeof json !== "object" || Array.isArray(json)) return undefined;
  try {
    return parseItem(json);
  } catch (error) {
    throw prefixed(error, UNPREFIXED);
  }
}

function prefixed(error: unknown, unless?: RegExp): unknown {
  if (!(error instanceof AwsError) || error.code !== "ValidationException" || unless?.test(error.message)) return error;
  return invalid(`${INVALID}: ${error.message}`);
}

/** Where the page before ended: the key of the table and, on an index, of the index, and nothing besides. */
export function startPosition(table: Table, index: Index | undefined, start: Item): Position {
  const schemas = index === undefined ? [table.key] : [index.key, table.key];
  const names = new Set(schemas.flatMap(keyAttributes).map(({ name }) => name));
  if (Object.keys(start).length !== names.size || [...names].some((name) => attribute(start, name) === undefined)) {
    throw invalid(index === undefined ? `${INVALID}: The provided key element does not match the schema` : INVALID);
  }
  const key = index === undefined ? undefined : checkedPart(index.key, start);
  const tableKey = checkedTableKey(table, start);
  return { key: rowKey(index?.key ?? table.key, key ?? start), tableKey };
}

function checkedPart(schema: KeySchema, start: Item): Item {
  return checkedKey(schema, keyOf([schema], start));
}

function checkedTableKey(table: Table, start: Item) {
  try {
    return rowKey(table.key, checkedPart(table.key, start));
  } catch (error) {
    throw prefixed(error);
  }
}

/** A query's starting key has to lie where the query looks. */
export function checkStartInRange(range: KeyRange, key: KeySchema, start: Item): void {
  const hash = attribute(start, key.hash.name);
  const sameHash = hash !== undefined && sameValue(hash, range.hash);
  if (range.rangeCondition === undefined) {
    if (!sameHash) throw invalid("The provided starting key is outside query boundaries based on provided conditions");
    return;
  }
  if (!inRange(range, start)) throw invalid("The provided starting key does not match the range key predicate");
  if (!sameHash) throw invalid("The query can return at most one row and cannot be restarted");
}
