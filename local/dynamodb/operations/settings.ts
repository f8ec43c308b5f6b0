import type { JsonObject } from "../../json.ts";
import { type Catalogue, parseTableArn } from "../catalogue.ts";
import { objects } from "../definition.ts";
import { invalid, notFound } from "../errors.ts";
import { checkShape } from "../shape.ts";
import type { Sweeper } from "../sweeper.ts";
import type { Table } from "../table.ts";
import { LIST_TAGS, TAG_RESOURCE, UNTAG_RESOURCE, UPDATE_CONTINUOUS_BACKUPS, UPDATE_TIME_TO_LIVE } from "../table-shapes.ts";
import type { Tables } from "./tables.ts";
import { objectOf } from "./writes.ts";

const TAGS_MAX = 50;

/** What is set on a table beside its definition: time to live, point-in-time recovery, tags. */
export class Settings {
  readonly #catalogue: Catalogue;
  readonly #tables: Tables;
  readonly #sweeper: Sweeper;
  readonly #now: () => number;

  constructor(catalogue: Catalogue, tables: Tables, sweeper: Sweeper, now: () => number) {
    this.#catalogue = catalogue;
    this.#tables = tables;
    this.#sweeper = sweeper;
    this.#now = now;
  }

  updateTimeToLive(input: JsonObject, region: string): JsonObject {
    checkShape(UPDATE_TIME_TO_LIVE, input);
    const table = this.#named(input, region);
    const { Enabled: enabled, AttributeName: attribute } = objectOf(input, "TimeToLiveSpecification");
    const name = String(attribute);
    const current = table.expiryAttribute;
    if (enabled !== true) {
      if (current === undefined) throw invalid("TimeToLive is already disabled");
      if (current !== name) throw invalid(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
      const { expiryAttribute: _, ...rest } = table;
      this.#catalogue.save(rest);
    } else {
      if (current === name) throw invalid("TimeToLive is already enabled");
      if (current !== undefined) {
        throw invalid(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
      }
      const changed = { ...table, expiryAttribute: name };
      this.#catalogue.save(changed);
      this.#catalogue.addChore("expire", table.id, table.id);
      this.#sweeper.begin(table.id, "expire", changed);
    }
    return { TimeToLiveSpecification: { Enabled: enabled === true, AttributeName: name } };
  }

  describeTimeToLive(input: JsonObject, region: string): JsonObject {
    const { expiryAttribute: name } = this.#tables.named(input, region);
    const description: JsonObject =
      name === undefined ? { TimeToLiveStatus: "DISABLED" } : { TimeToLiveStatus: "ENABLED", AttributeName: name };
    return { TimeToLiveDescription: description };
  }

  updateContinuousBackups(input: JsonObject, region: string): JsonObject {
    checkShape(UPDATE_CONTINUOUS_BACKUPS, input);
    const table = this.#backedUp(input, region);
    const { PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays: days } = objectOf(input, "PointInTimeRecoverySpecification");
    const { recoverableSince: since, ...rest } = table;
    const changed: Table = { ...rest, recoveryDays: typeof days === "number" ? days : table.recoveryDays };
    if (enabled === true) changed.recoverableSince = since ?? this.#now();
    this.#catalogue.save(changed);
    return this.#backups(changed);
  }

  describeContinuousBackups(input: JsonObject, region: string): JsonObject {
    return this.#backups(this.#backedUp(input, region));
  }

  #backups({ recoverableSince: since, recoveryDays }: Table): JsonObject {
    const recovery: JsonObject =
      since === undefined
        ? { PointInTimeRecoveryStatus: "DISABLED" }
        : {
            PointInTimeRecoveryStatus: "ENABLED",
            RecoveryPeriodInDays: recoveryDays,
            EarliestRestorableDateTime: since / 1000,
            LatestRestorableDateTime: this.#now() / 1000,
          };
    return { ContinuousBackupsDescription: { ContinuousBackupsStatus: "ENABLED", PointInTimeRecoveryDescription: recovery } };
  }

  tagResource(input: JsonObject): JsonObject {
    checkShape(TAG_RESOURCE, input);
    const given = objects(input.Tags);
    if (given.length === 0) throw invalid("Atleast one Tag needs to be provided as Input.");
    const table = this.#tagged(input);
    const tags = { ...table.tags, ...Object.fromEntries(given.map(({ Key, Value }) => [String(Key), String(Value)])) };
    if (Object.keys(tags).length > TAGS_MAX) throw invalid("Number of tags exceeds the limit of 50 for this resource");
    this.#catalogue.save({ ...table, tags });
    return {};
  }

  untagResource(input: JsonObject): JsonObject {
    checkShape(UNTAG_RESOURCE, input);
    const gone = new Set(Array.isArray(input.TagKeys) ? input.TagKeys : []);
    if (gone.size === 0) throw invalid("Atleast one Tag Key needs to be provided as Input.");
    const table = this.#tagged(input);
    const tags = Object.fromEntries(Object.entries(table.tags).filter(([key]) => !gone.has(key)));
    this.#catalogue.save({ ...table, tags });
    return {};
  }

  listTags(input: JsonObject): JsonObject {
    checkShape(LIST_TAGS, input);
    return { Tags: Object.entries(this.#tagged(input).tags).map(([Key, Value]) => ({ Key, Value })) };
  }

  /** Tags are set by ARN, which says the region too. */
  #tagged({ ResourceArn: arn }: JsonObject): Table {
    const { name, region } = parseTableArn(String(arn));
    return this.#catalogue.get(name, region, () => notFound(`Requested resource not found: ResourcArn: ${String(arn)} not found`));
  }

  #named(input: JsonObject, region: string): Table {
    return this.#tables.named({ TableName: input.TableName ?? null }, region);
  }

  /** The operations on backups have an error of their own for a table that is not there. */
  #backedUp(input: JsonObject, region: string): Table {
    return this.#tables.named({ TableName: input.TableName ?? null }, region, "TableNotFoundException");
  }
}

export function describeLimits(): JsonObject {
  return {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  };
}

export function describeEndpoints(origin: string): JsonObject {
  return { Endpoints: [{ Address: new URL(origin).host, CachePeriodInMinutes: 1440 }] };
}
