/** A table that costs what it is used, with its indexes. On AWS it cannot be deleted by mistake and can be put back to any second. */
import * as aws from "@pulumi/aws";
import type { Target } from "./target.ts";

export interface TableShape {
  /** The attributes that keys are made of, with their types; `PK` is every table's own. */
  readonly attributes?: Readonly<Record<string, "S" | "N">>;
  readonly indexes?: readonly IndexShape[];
  /** The attribute after whose moment AWS removes an item; elsewhere the worker does. */
  readonly expiresAt?: string;
}

export interface IndexShape {
  readonly name: string;
  readonly hash: string;
  readonly range?: string;
  /** What the index shows of an item, beside keys: nothing, everything, or these attributes. */
  readonly shows: "KEYS_ONLY" | "ALL" | readonly string[];
}

/** The table of a kind's records: what is on its way, and the records of each status, newest first. */
export const RECORDS: TableShape = {
  attributes: { pendingShard: "S", pendingDue: "N", status: "S", createdKey: "S" },
  indexes: [
    { name: "Pending", hash: "pendingShard", range: "pendingDue", shows: ["pendingSince"] },
    { name: "ByStatus", hash: "status", range: "createdKey", shows: "KEYS_ONLY" },
  ],
};

export function makeTable({ isAws, options }: Target, name: string, shape: TableShape = {}): aws.dynamodb.Table {
  const attributes = { PK: "S", ...shape.attributes };
  return new aws.dynamodb.Table(
    name,
    {
      name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "PK",
      attributes: Object.entries(attributes).map(([attribute, type]) => ({ name: attribute, type })),
      globalSecondaryIndexes: (shape.indexes ?? []).map(indexOf),
      ...(isAws && { deletionProtectionEnabled: true, pointInTimeRecovery: { enabled: true } }),
      ...(isAws && shape.expiresAt !== undefined && { ttl: { attributeName: shape.expiresAt, enabled: true } }),
    },
    options,
  );
}

function indexOf({ name, hash, range, shows }: IndexShape): aws.types.input.dynamodb.TableGlobalSecondaryIndex {
  const projection = typeof shows === "string" ? { projectionType: shows } : { projectionType: "INCLUDE", nonKeyAttributes: [...shows] };
  const keys = [{ attributeName: hash, keyType: "HASH" }];
  if (range !== undefined) keys.push({ attributeName: range, keyType: "RANGE" });
  return { name, keySchemas: keys, ...projection };
}
