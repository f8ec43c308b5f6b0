import type { AwsError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { Store } from "../store.ts";
import { invalid, notFound } from "./errors.ts";
import type { Table } from "./table.ts";

const ARN = /^arn:aws[a-z-]*:dynamodb:([a-z0-9-]+):(\d{12}):table\/([a-zA-Z0-9_.-]{1,255})$/;

/** Sweeping away an owner's rows, entering a table's items into an index, or noting when they expire. */
export type ChoreKind = "drop" | "enter" | "expire";

/** Finds tables by name or ARN. Parsed definitions are kept, but rows are what counts: a rollback drops them all. */
export class Catalogue {
  readonly #store: Store;
  readonly #tables = new Map<string, Table>();
  #changing = false;

  constructor(store: Store) {
    this.#store = store;
    store.onRollback(() => this.#afterRollback());
  }

  /** The table a call names; `error` is what to say where there is none. */
  get(nameOrArn: string, region: string, error: () => AwsError = notFound): Table {
    const found = this.find(nameOrArn, region);
    if (found === undefined) throw error();
    return found;
  }

  find(nameOrArn: string, region: string): Table | undefined {
    const arn = nameOrArn.startsWith("arn:") ? parseTableArn(nameOrArn) : undefined;
    return this.#byName(arn?.name ?? nameOrArn, arn?.region ?? region);
  }

  #byName(name: string, region: string): Table | undefined {
    const key = `${region}/${name}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const row = this.#store.sql("SELECT definition FROM ddb_tables WHERE region = ? AND name = ?").get(region, name);
    if (row === undefined) return undefined;
    const table = parseTable(row.definition);
    this.#tables.set(key, table);
    return table;
  }

  byId(id: number): Table | undefined {
    const row = this.#store.sql("SELECT definition FROM ddb_tables WHERE id = ?").get(id);
    return row === undefined ? undefined : parseTable(row.definition);
  }

  /** Names of a region's tables in order, after `start`. */
  names(region: string, start: string, limit: number): string[] {
    return this.#store
      .sql("SELECT name FROM ddb_tables WHERE region = ? AND name > ? ORDER BY name LIMIT ?")
      .all(region, start, limit)
      .map((row) => String(row.name));
  }

  /** A number for a table or an index, under which its rows are kept. */
  newOwner(): number {
    return Number(this.#store.sql("INSERT INTO ddb_owners DEFAULT VALUES").run().lastInsertRowid);
  }

  save(table: Table): void {
    this.#store
      .sql(
        "INSERT INTO ddb_tables (region, name, id, definition) VALUES (?, ?, ?, ?) ON CONFLICT (region, name) DO UPDATE SET definition = excluded.definition",
      )
      .run(table.region, table.name, table.id, JSON.stringify(table));
    this.#changed();
  }

  remove(table: Table): void {
    this.#store.sql("DELETE FROM ddb_tables WHERE region = ? AND name = ?").run(table.region, table.name);
    this.drop(table.id);
    for (const index of table.indexes) this.drop(index.id);
    this.#changed();
  }

  /** Leaves the rows of a table or an index to be swept away: there may be too many to delete within one call. */
  drop(owner: number): void {
    this.#store.sql("DELETE FROM ddb_owners WHERE id = ?").run(owner);
    this.addChore("drop", owner, owner);
  }

  /** Notes work to be done on all rows of a table, in the place of any other work for the same owner. */
  addChore(kind: ChoreKind, owner: number, table: number): void {
    const start = new Uint8Array(0);
    this.#store
      .sql("INSERT OR REPLACE INTO ddb_chores (owner, kind, table_id, pk, sk) VALUES (?, ?, ?, ?, ?)")
      .run(owner, kind, table, start, start);
  }

  #changed(): void {
    this.#tables.clear();
    this.#changing = true;
    this.#store.afterCommit(() => {
      this.#changing = false;
    });
  }

  /** Most of what is taken back is a refused call, which changed no table. */
  #afterRollback(): void {
    if (this.#changing) this.#tables.clear();
  }
}

function parseTable(definition: unknown): Table {
  return JSON.parse(String(definition));
}

export function parseTableArn(arn: string): { region: string; name: string } {
  const match = ARN.exec(arn);
  if (match?.[1] === undefined || match[3] === undefined) {
    throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  }
  return { region: match[1], name: match[3] };
}

/** The table named by a call that was checked to name one. */
export function tableName(input: JsonObject): string {
  return String(input.TableName);
}
