import type { Store } from "../../store.ts";

/** How an alias shares out new executions: one version, or two by weights that sum up to 100. */
export interface Route {
  version: number;
  weight: number;
}

export interface Alias {
  /** Grows with every alias: the order they are listed in. */
  id: number;
  arn: string;
  machineArn: string;
  name: string;
  description: string | undefined;
  routes: Route[];
  createdAt: number;
  updatedAt: number;
}

type Row = {
  id: number;
  arn: string;
  machine_arn: string;
  name: string;
  description: string | null;
  routing: string;
  created_at: number;
  updated_at: number;
};

const COLUMNS = "id, arn, machine_arn, name, description, routing, created_at, updated_at";

/** The rows of aliases. */
export class AliasTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(arn: string): Alias | undefined {
    const row = this.#store.sql(`SELECT ${COLUMNS} FROM sfn_aliases WHERE arn = ?`).get(arn) as Row | undefined;
    return row === undefined ? undefined : aliasOf(row);
  }

  insert({ arn, machineArn, name, description, routes, createdAt, updatedAt }: Omit<Alias, "id">): void {
    this.#store
      .sql("INSERT INTO sfn_aliases (arn, machine_arn, name, description, routing, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(arn, machineArn, name, description ?? null, JSON.stringify(routes), createdAt, updatedAt);
  }

  update({ arn, description, routes, updatedAt }: Alias): void {
    this.#store
      .sql("UPDATE sfn_aliases SET description = ?, routing = ?, updated_at = ? WHERE arn = ?")
      .run(description ?? null, JSON.stringify(routes), updatedAt, arn);
  }

  delete(arn: string): void {
    this.#store.sql("DELETE FROM sfn_aliases WHERE arn = ?").run(arn);
  }

  /** A machine's aliases made after the one with the id `after`, in the order they were made. */
  list(machineArn: string, after: number, limit: number): Alias[] {
    const rows = this.#store
      .sql(`SELECT ${COLUMNS} FROM sfn_aliases WHERE machine_arn = ? AND id > ? ORDER BY id LIMIT ?`)
      .all(machineArn, after, limit) as Row[];
    return rows.map(aliasOf);
  }

  /** All aliases of a machine; AWS allows 100. */
  all(machineArn: string): Alias[] {
    return this.list(machineArn, 0, Number.MAX_SAFE_INTEGER);
  }
}

function aliasOf(row: Row): Alias {
  return {
    id: row.id,
    arn: row.arn,
    machineArn: row.machine_arn,
    name: row.name,
    description: row.description ?? undefined,
    routes: JSON.parse(row.routing) as Route[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
