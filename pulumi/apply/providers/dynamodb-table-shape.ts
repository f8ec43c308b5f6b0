/** A table's shape in three languages: Pulumi's inputs, what DynamoDB describes, and the plain one in which the two are compared. */
import type {
  AttributeDefinition,
  BillingMode,
  GlobalSecondaryIndex,
  KeySchemaElement,
  ProjectionType,
  ScalarAttributeType,
  TableDescription,
} from "@aws-sdk/client-dynamodb";
import { flagAt, objectsAt, optionalTextAt, propertiesAt, textAt, textMapAt, textsAt } from "../read-inputs.ts";
import { ApplyError } from "../resource-type.ts";
import type { Properties } from "../values.ts";

export function wantedTable(inputs: Properties): Properties {
  const attributes = Object.fromEntries(objectsAt(inputs, "attributes").map((one) => [textAt(one, "name"), textAt(one, "type")]));
  const ttl = propertiesAt(inputs, "ttl");
  return {
    name: textAt(inputs, "name"),
    billingMode: optionalTextAt(inputs, "billingMode") ?? "PROVISIONED",
    hashKey: textAt(inputs, "hashKey"),
    rangeKey: optionalTextAt(inputs, "rangeKey") ?? null,
    attributes,
    globalSecondaryIndexes: Object.fromEntries(
      objectsAt(inputs, "globalSecondaryIndexes").map((index) => [textAt(index, "name"), wantedIndex(index)]),
    ),
    deletionProtectionEnabled: flagAt(inputs, "deletionProtectionEnabled"),
    pointInTimeRecovery: flagAt(propertiesAt(inputs, "pointInTimeRecovery"), "enabled"),
    ttl: flagAt(ttl, "enabled") ? textAt(ttl, "attributeName") : null,
    tags: textMapAt(inputs, "tags"),
  };
}

/** Keys come as a list of roles, or as a hash and a range key, which is the older way to say the same. */
function wantedIndex(index: Properties): Properties {
  const schema = objectsAt(index, "keySchemas").map((key) => [textAt(key, "keyType"), textAt(key, "attributeName")]);
  const roles = new Map(schema.map(([role, name]) => [role, name]));
  return {
    hashKey: roles.get("HASH") ?? textAt(index, "hashKey"),
    rangeKey: roles.get("RANGE") ?? optionalTextAt(index, "rangeKey") ?? null,
    projectionType: textAt(index, "projectionType"),
    nonKeyAttributes: [...textsAt(index, "nonKeyAttributes")].sort(),
  };
}

export function liveTable(table: TableDescription): Properties {
  const definitions = table.AttributeDefinitions ?? [];
  return {
    name: table.TableName ?? "",
    billingMode: table.BillingModeSummary?.BillingMode ?? "PROVISIONED",
    ...liveKeys(table.KeySchema),
    attributes: Object.fromEntries(definitions.map(({ AttributeName = "", AttributeType = "" }) => [AttributeName, AttributeType])),
    globalSecondaryIndexes: Object.fromEntries(
      (table.GlobalSecondaryIndexes ?? [])
        .filter(({ IndexStatus }) => IndexStatus !== "DELETING")
        .map(({ IndexName = "", KeySchema, Projection }) => [
          IndexName,
          {
            ...liveKeys(KeySchema),
            projectionType: Projection?.ProjectionType ?? "",
            nonKeyAttributes: [...(Projection?.NonKeyAttributes ?? [])].sort(),
          },
        ]),
    ),
    deletionProtectionEnabled: table.DeletionProtectionEnabled ?? false,
  };
}

function liveKeys(schema: readonly KeySchemaElement[] = []): Properties {
  const named = (role: string) => schema.find(({ KeyType }) => KeyType === role)?.AttributeName ?? null;
  return { hashKey: named("HASH"), rangeKey: named("RANGE") };
}

export function indexesIn(table: Properties): Record<string, Properties> {
  const indexes = propertiesAt(table, "globalSecondaryIndexes");
  return Object.fromEntries(Object.keys(indexes).map((name) => [name, propertiesAt(indexes, name)]));
}

export function keysOf(table: Properties): KeySchemaElement[] {
  const range = optionalTextAt(table, "rangeKey");
  const hash: KeySchemaElement = { AttributeName: textAt(table, "hashKey"), KeyType: "HASH" };
  return range === undefined ? [hash] : [hash, { AttributeName: range, KeyType: "RANGE" }];
}

/** The attributes, with their types, of the table's own key and of those of some of its indexes. */
export function attributesOf(table: Properties, indexes: readonly string[]): Record<string, string> {
  const keyed = [table, ...indexes.map((name) => propertiesAt(propertiesAt(table, "globalSecondaryIndexes"), name))];
  const names = keyed.flatMap((one) => keysOf(one).map(({ AttributeName = "" }) => AttributeName));
  const types = textMapAt(table, "attributes");
  return Object.fromEntries(names.map((name) => [name, types[name] ?? ""]));
}

export function indexOf(name: string, index: Properties): GlobalSecondaryIndex {
  const attributes = textsAt(index, "nonKeyAttributes");
  return {
    IndexName: name,
    KeySchema: keysOf(index),
    Projection: {
      ProjectionType: oneOf<ProjectionType>(textAt(index, "projectionType"), ["ALL", "INCLUDE", "KEYS_ONLY"]),
      ...(attributes.length > 0 && { NonKeyAttributes: [...attributes] }),
    },
  };
}

export function definitionsOf(attributes: Readonly<Record<string, string>>): AttributeDefinition[] {
  return Object.entries(attributes).map(([AttributeName, type]) => ({
    AttributeName,
    AttributeType: oneOf<ScalarAttributeType>(type, ["S", "N", "B"]),
  }));
}

export function billingModeOf(table: Properties): BillingMode {
  return oneOf<BillingMode>(textAt(table, "billingMode"), ["PAY_PER_REQUEST"]);
}

function oneOf<Choice extends string>(text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new ApplyError(`${JSON.stringify(text)} is not one of ${choices.join(", ")}.`);
  return choice;
}
