import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../json.ts";
import { type Catalogue, parseTableArn, tableName } from "../catalogue.ts";
import type { Counter, Counts } from "../counts.ts";
import { checkAllUsed, objects, parseAttributes, parseIndexes, parseKeySchema, parseThroughput } from "../definition.ts";
import { describeState, describeTable } from "../description.ts";
import { inUse, invalid, tableNotFound } from "../errors.ts";
import { checkShape } from "../shape.ts";
import { type Table, tableArn } from "../table.ts";
import { CREATE_TABLE, LIST_TABLES, ONE_TABLE } from "../table-shapes.ts";
import { objectOf } from "./writes.ts";

const LIST_MAX = 100;
const RECOVERY_DAYS = 35;

export class Tables {
  readonly #catalogue: Catalogue;
  readonly #counter: Counter;
  readonly #now: () => number;

  constructor(catalogue: Catalogue, counter: Counter, now: () => number) {
    this.#catalogue = catalogue;
    this.#counter = counter;
    this.#now = now;
  }

  createTable(input: JsonObject, region: string): JsonObject {
    checkShape(CREATE_TABLE, input);
    refuseUncovered(input);
    const named = tableName(input).startsWith("arn:") ? parseTableArn(tableName(input)) : { region, name: tableName(input) };
    const table = this.#newTable(input, named.region, named.name);
    if (this.#catalogue.find(table.name, table.region) !== undefined) throw inUse(`Table already exists: ${table.name}`);
    table.id = this.#catalogue.newOwner();
    for (const index of table.indexes) index.id = this.#catalogue.newOwner();
    this.#catalogue.save(table);
    return { TableDescription: describeTable(table, "CREATING", this.counts(table)) };
  }

  #newTable(input: JsonObject, region: string, name: string): Table {
    const onDemand = input.BillingMode === "PAY_PER_REQUEST";
    const throughput = parseThroughput(input.ProvisionedThroughput, onDemand);
    const attributes = parseAttributes(input.AttributeDefinitions);
    const key = parseKeySchema(input.KeySchema, attributes);
    const indexes = parseIndexes(input, key, attributes, onDemand);
    checkAllUsed(attributes, [key, ...indexes.map((index) => index.key)]);
    const now = this.#now();
    const table: Table = {
      id: 0,
      region,
      name,
      uuid: randomUUID(),
      createdAt: now,
      attributes,
      key,
      indexes: indexes.map((index) => ({ id: 0, ...index })),
      onDemand,
      throughput,
      deletionProtection: input.DeletionProtectionEnabled === true,
      encrypted: objectOf(input, "SSESpecification").Enabled === true,
      tags: Object.fromEntries(objects(input.Tags).map(({ Key, Value }) => [String(Key), String(Value)])),
      recoveryDays: RECOVERY_DAYS,
    };
    if (onDemand) table.onDemandSince = now;
    if (typeof input.TableClass === "string") table.tableClass = input.TableClass;
    return table;
  }

  describeTable(input: JsonObject, region: string): JsonObject {
    const table = this.named(input, region);
    return { Table: describeTable(table, "ACTIVE", this.counts(table)) };
  }

  deleteTable(input: JsonObject, region: string): JsonObject {
    const table = this.named(input, region);
    if (table.deletionProtection) {
      throw invalid(
        `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first. Resource: ${tableArn(table.region, table.name)}`,
      );
    }
    const counts = this.counts(table);
    this.#catalogue.remove(table);
    return { TableDescription: describeState(table, "DELETING", counts) };
  }

  listTables(input: JsonObject, region: string): JsonObject {
    checkShape(LIST_TABLES, input);
    const limit = typeof input.Limit === "number" ? input.Limit : LIST_MAX;
    const start = typeof input.ExclusiveStartTableName === "string" ? input.ExclusiveStartTableName : "";
    const names = this.#catalogue.names(region, start, limit + 1);
    const page = names.slice(0, limit);
    const last = page.at(-1);
    return names.length > limit && last !== undefined ? { TableNames: page, LastEvaluatedTableName: last } : { TableNames: page };
  }

  /** The table of a call about one table. */
  named(input: JsonObject, region: string, code = "ResourceNotFoundException"): Table {
    checkShape(ONE_TABLE, input);
    const given = tableName(input);
    const name = given.startsWith("arn:") ? parseTableArn(given).name : given;
    return this.#catalogue.get(given, region, () => tableNotFound(name, code));
  }

  counts(table: Table): Counts {
    return this.#counter.of(table);
  }
}

/** What would silently not happen is refused instead. */
export function refuseUncovered(input: JsonObject): void {
  if (objectOf(input, "StreamSpecification").StreamEnabled === true) {
    throw invalid("StreamSpecification: DynamoDB Streams are not covered by this endpoint");
  }
  for (const member of ["ReplicaUpdates", "GlobalTableWitnessUpdates", "ResourcePolicy", "GlobalTableSourceArn"]) {
    const value = input[member];
    const empty = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    if (!empty) throw invalid(`${member} is not covered by this endpoint`);
  }
}
