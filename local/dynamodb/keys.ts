import type { JsonObject } from "../json.ts";
import { invalid, invalidParameter, keyMismatch } from "./errors.ts";
import { encodeNumber } from "./number.ts";
import type { KeyAttribute, KeySchema, Table } from "./table.ts";
import { type AttributeValue, attribute, type Item, parseItem, typeOf } from "./value.ts";

/** A key as it is stored: bytes whose order is DynamoDB's order. A key without a range part has an empty one. */
export interface RowKey {
  readonly pk: Uint8Array;
  readonly sk: Uint8Array;
}

/** A text for a key, and for no other: the length of its first part tells where the second begins. */
export function keyText({ pk, sk }: RowKey): string {
  return `${pk.length} ${latin1(pk)}${latin1(sk)}`;
}

function latin1(bytes: Uint8Array): string {
  return bytes.length === 0 ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

const NO_RANGE = new Uint8Array(0);
const HASH_BYTES_MAX = 2048;
const RANGE_BYTES_MAX = 1024;

/** The bytes of a key's value; undefined for a value that no key can have. */
export function encodeKeyValue(value: AttributeValue): Uint8Array | undefined {
  if ("S" in value) return Buffer.from(value.S);
  if ("N" in value) return encodeNumber(value.N);
  return "B" in value ? Buffer.from(value.B, "base64") : undefined;
}

/** The `Key` of a call: exactly the key's attributes, of the key's types. */
export function parseKey(table: Table, json: JsonObject): Item {
  return checkedKey(table.key, parseItem(json));
}

export function checkedKey(schema: KeySchema, key: Item): Item {
  if (Object.keys(key).length !== (schema.range === undefined ? 1 : 2)) throw keyMismatch();
  checkKeyPart(schema.hash, attribute(key, schema.hash.name));
  if (schema.range !== undefined) checkKeyPart(schema.range, attribute(key, schema.range.name));
  return key;
}

function checkKeyPart(part: KeyAttribute, value: AttributeValue | undefined): void {
  if (value === undefined || typeOf(value) !== part.type) throw keyMismatch();
  if (isEmpty(value)) throw invalidParameter(emptyKey(value, part));
}

function isEmpty(value: AttributeValue): boolean {
  return ("S" in value && value.S === "") || ("B" in value && value.B === "");
}

function emptyKey(value: AttributeValue, part: KeyAttribute): string {
  const kind = "S" in value ? "string" : "binary";
  return `The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${part.name}`;
}

/** Refuses an item whose key is missing, mistyped or empty, or that an index could not take. */
export function checkItemKeys(table: Table, item: Item): void {
  checkItemKey(table.key.hash, item);
  if (table.key.range !== undefined) checkItemKey(table.key.range, item);
  checkIndexKeys(table, item);
}

function checkItemKey(part: KeyAttribute, item: Item): void {
  const value = attribute(item, part.name);
  if (value === undefined) throw invalidParameter(`Missing the key ${part.name} in the item`);
  const type = typeOf(value);
  if (type !== part.type) throw invalidParameter(`Type mismatch for key ${part.name} expected: ${part.type} actual: ${type}`);
  if (isEmpty(value)) throw invalid(`One or more parameter values are not valid. ${emptyKey(value, part)}`);
}

/** An item may lack an index's key, but not have it with another type. */
export function checkIndexKeys(table: Table, item: Item): void {
  for (const index of table.indexes) {
    checkIndexKey(index.name, index.key.hash, item);
    if (index.key.range !== undefined) checkIndexKey(index.name, index.key.range, item);
  }
}

function checkIndexKey(indexName: string, part: KeyAttribute, item: Item): void {
  const value = attribute(item, part.name);
  if (value === undefined) return;
  const type = typeOf(value);
  if (type !== part.type) {
    throw invalidParameter(`Type mismatch for Index Key ${part.name} Expected: ${part.type} Actual: ${type} IndexName: ${indexName}`);
  }
  if (isEmpty(value)) {
    const kind = "S" in value ? "string" : "binary";
    throw invalid(
      `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${indexName}, IndexKey: ${part.name}`,
    );
  }
}

/** The row key of an item whose key attributes have been checked. */
export function rowKey(schema: KeySchema, item: Item): RowKey {
  const key = indexRowKey(schema, item);
  if (key === undefined) throw keyMismatch();
  if (key.pk.length > HASH_BYTES_MAX) throw invalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  if (key.sk.length > RANGE_BYTES_MAX) {
    throw invalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
  return key;
}

/** Where an item stands in an index; undefined for an item that the index leaves out. */
export function indexRowKey(schema: KeySchema, item: Item): RowKey | undefined {
  const pk = encodeKeyPart(schema.hash, item);
  const sk = schema.range === undefined ? NO_RANGE : encodeKeyPart(schema.range, item);
  return pk === undefined || sk === undefined ? undefined : { pk, sk };
}

function encodeKeyPart(part: KeyAttribute, item: Item): Uint8Array | undefined {
  const value = attribute(item, part.name);
  return value === undefined || typeOf(value) !== part.type || isEmpty(value) ? undefined : encodeKeyValue(value);
}

/** The attributes that make up the item's key, as a caller gives and gets them. */
export function keyOf(schemas: readonly KeySchema[], item: Item): Item {
  const key: Item = {};
  for (const schema of schemas) {
    for (const part of [schema.hash, schema.range]) {
      const value = part === undefined ? undefined : attribute(item, part.name);
      if (part !== undefined && value !== undefined) key[part.name] = value;
    }
  }
  return key;
}
