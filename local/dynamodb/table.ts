import { ACCOUNT } from "../service.ts";

export type KeyType = "S" | "N" | "B";

export interface KeyAttribute {
  name: string;
  type: KeyType;
}

export interface KeySchema {
  hash: KeyAttribute;
  range?: KeyAttribute;
}

export interface Throughput {
  read: number;
  write: number;
}

export interface Projection {
  type: "ALL" | "KEYS_ONLY" | "INCLUDE";
  attributes: string[];
}

export interface Index {
  id: number;
  name: string;
  global: boolean;
  key: KeySchema;
  projection: Projection;
  throughput: Throughput;
  /** While items that were there before the index are being entered. */
  building?: boolean;
}

/** A table's definition: what is stored as its row. Moments are milliseconds since the epoch. */
export interface Table {
  id: number;
  region: string;
  name: string;
  uuid: string;
  createdAt: number;
  attributes: KeyAttribute[];
  key: KeySchema;
  indexes: Index[];
  onDemand: boolean;
  onDemandSince?: number;
  throughput: Throughput;
  deletionProtection: boolean;
  tableClass?: string;
  encrypted: boolean;
  tags: { [key: string]: string };
  /** The attribute that holds the moment of expiry, while time to live is on. */
  expiryAttribute?: string;
  /** When point-in-time recovery was turned on, where it is; the setting alone is kept, no backup is made. */
  recoverableSince?: number;
  recoveryDays: number;
}

export function tableArn(region: string, name: string): string {
  return `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${name}`;
}

export function keyAttributes(key: KeySchema): KeyAttribute[] {
  return key.range === undefined ? [key.hash] : [key.hash, key.range];
}

/** The attributes an index shows of its items; undefined for all of them. */
export function projectedNames(table: Table, index: Index): ReadonlySet<string> | undefined {
  if (index.projection.type === "ALL") return undefined;
  const keys = [...keyAttributes(table.key), ...keyAttributes(index.key)].map(({ name }) => name);
  return new Set([...keys, ...index.projection.attributes]);
}
