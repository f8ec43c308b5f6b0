import { isObject, type Json, type JsonObject } from "../json.ts";
import { invalid, invalidParameter } from "./errors.ts";
import type { Index, KeyAttribute, KeySchema, KeyType, Projection, Throughput } from "./table.ts";

/** Reads what CreateTable and UpdateTable say of keys and indexes. Their shape has been checked before. */
const UNITS_MAX = 1_000_000_000_000;
const GLOBAL_MAX = 20;
const LOCAL_MAX = 5;

/** An index as a call defines it, before it has a number. */
export type IndexDefinition = Omit<Index, "id">;

export function objects(json: Json | undefined): JsonObject[] {
  return Array.isArray(json) ? json.filter(isObject) : [];
}

export function parseAttributes(json: Json | undefined): KeyAttribute[] {
  const attributes = objects(json).map(({ AttributeName, AttributeType }) => ({
    name: String(AttributeName),
    type: keyType(AttributeType),
  }));
  const names = attributes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw invalidParameter(`Cannot have two attributes with the same name: ${twice}`);
  return attributes;
}

function keyType(json: Json | undefined): KeyType {
  return json === "N" || json === "B" ? json : "S";
}

export function parseKeySchema(json: Json | undefined, attributes: readonly KeyAttribute[]): KeySchema {
  const [hash, range] = objects(json);
  const names = [hash, range].filter((part) => part !== undefined).map((part) => String(part.AttributeName));
  const defined = attributes.map(({ name }) => name);
  if (names.some((name) => !defined.includes(name))) {
    throw invalidParameter(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${names.join(", ")}], AttributeDefinitions: [${defined.join(", ")}]`,
    );
  }
  if (names[0] === names[1]) throw invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  if (hash?.KeyType !== "HASH") throw invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  if (range !== undefined && range.KeyType !== "RANGE") {
    throw invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  const schema: KeySchema = { hash: attributeNamed(attributes, names[0]) };
  if (names[1] !== undefined) schema.range = attributeNamed(attributes, names[1]);
  return schema;
}

function attributeNamed(attributes: readonly KeyAttribute[], name: string | undefined): KeyAttribute {
  const found = attributes.find((attribute) => attribute.name === name);
  if (found === undefined) throw invalid("Invalid KeySchema: Some index key attribute have no definition");
  return found;
}

/** Zero of both for a table on demand. */
export function parseThroughput(json: Json | undefined, onDemand: boolean): Throughput {
  if (onDemand) {
    if (isObject(json)) {
      throw invalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    }
    return { read: 0, write: 0 };
  }
  if (!isObject(json)) {
    throw invalidParameter("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
  }
  for (const member of ["ReadCapacityUnits", "WriteCapacityUnits"]) {
    if (Number(json[member]) > UNITS_MAX) throw invalid(`Given value ${Number(json[member])} for ${member} is out of bounds`);
  }
  return { read: Number(json.ReadCapacityUnits), write: Number(json.WriteCapacityUnits) };
}

export function parseGlobalIndex(json: JsonObject, attributes: readonly KeyAttribute[], onDemand: boolean): IndexDefinition {
  const name = String(json.IndexName);
  const key = parseKeySchema(json.KeySchema, attributes);
  const projection = parseProjectionOf(json.Projection);
  if (onDemand && isObject(json.ProvisionedThroughput)) {
    throw invalidParameter(`ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`);
  }
  if (!onDemand && !isObject(json.ProvisionedThroughput)) {
    throw invalidParameter(`ProvisionedThroughput must be specified for index: ${name}`);
  }
  return { name, global: true, key, projection, throughput: parseThroughput(json.ProvisionedThroughput, onDemand) };
}

function parseLocalIndex(json: JsonObject, table: KeySchema, attributes: readonly KeyAttribute[]): IndexDefinition {
  const name = String(json.IndexName);
  const key = parseKeySchema(json.KeySchema, attributes);
  if (key.range === undefined) throw invalidParameter(`Index KeySchema does not have a range key for index: ${name}`);
  if (key.hash.name !== table.hash.name) {
    throw invalidParameter(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. index hash key: ${key.hash.name}, table hash key: ${table.hash.name}`,
    );
  }
  return { name, global: false, key, projection: parseProjectionOf(json.Projection), throughput: { read: 0, write: 0 } };
}

function parseProjectionOf(json: Json | undefined): Projection {
  const fields = isObject(json) ? json : {};
  const type = fields.ProjectionType;
  if (type !== "ALL" && type !== "KEYS_ONLY" && type !== "INCLUDE") {
    throw invalidParameter(`Unknown ProjectionType: ${type === undefined || type === null ? "null" : String(type)}`);
  }
  const { NonKeyAttributes: names } = fields;
  if (Array.isArray(names) && type !== "INCLUDE") {
    throw invalidParameter(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
  if (!Array.isArray(names) && type === "INCLUDE") {
    throw invalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  }
  return { type, attributes: Array.isArray(names) ? names.map(String) : [] };
}

/** All indexes of a CreateTable, the local ones first. */
export function parseIndexes(input: JsonObject, key: KeySchema, attributes: readonly KeyAttribute[], onDemand: boolean): IndexDefinition[] {
  const { LocalSecondaryIndexes: local, GlobalSecondaryIndexes: global } = input;
  if (Array.isArray(local)) checkLocalList(local, key);
  const locals = objects(local).map((index) => parseLocalIndex(index, key, attributes));
  if (locals.length > LOCAL_MAX) throw invalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  if (Array.isArray(global) && global.length === 0) throw invalidParameter("List of GlobalSecondaryIndexes is empty");
  const globals = objects(global).map((index) => parseGlobalIndex(index, attributes, onDemand));
  if (globals.length > GLOBAL_MAX) throw invalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  const indexes = [...locals, ...globals];
  const twice = indexes.find(({ name }, position) => indexes.findIndex((index) => index.name === name) < position);
  if (twice !== undefined) throw invalidParameter(`Duplicate index name: ${twice.name}`);
  return indexes;
}

function checkLocalList(local: readonly Json[], key: KeySchema): void {
  if (local.length === 0) throw invalidParameter("List of LocalSecondaryIndexes is empty");
  if (key.range === undefined) {
    throw invalidParameter("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
  }
}

/** Attributes are declared for keys alone: one that no key uses is a mistake. */
export function checkAllUsed(attributes: readonly KeyAttribute[], schemas: readonly KeySchema[]): void {
  const used = new Set(schemas.flatMap(({ hash, range }) => [hash.name, range?.name]));
  if (attributes.every(({ name }) => used.has(name))) return;
  if (schemas.length === 1) {
    throw invalidParameter("Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions");
  }
  const unused = attributes.filter(({ name }) => !used.has(name)).map(({ name }) => name);
  throw invalidParameter(
    `Some AttributeDefinitions are not used. AttributeDefinitions: [${attributes.map(({ name }) => name).join(", ")}], keys used: [${[...used].filter((name) => name !== undefined).join(", ")}], unused: [${unused.join(", ")}]`,
  );
}
