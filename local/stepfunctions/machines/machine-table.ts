import type { Store } from "../../store.ts";

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly status: "ACTIVE" | "DELETING";
  readonly definitionId: number;
  /** The number of the version published last; numbers of deleted versions are not used again. */
  readonly lastVersion: number;
  /** Whether CreateStateMachine also published a version, and its description: a repeated call must ask for the same. */
  readonly createVersion: string | undefined;
  readonly createdAt: number;
}

type Row = {
  arn: string;
  name: string;
  status: string;
  definition_id: number;
  last_version: number;
  create_version: string | null;
  created_at: number;
};

const COLUMNS = "arn, name, status, definition_id, last_version, create_version, created_at";

/** How many machines are kept in memory; their rows are few, and looked at with every start and end of an execution. */
const KNOWN_MAX = 1000;

/** The rows of state machines. */
export class MachineTable {
  readonly #store: Store;
  /** As their rows are; forgotten with every change. */
  readonly #known = new Map<string, Machine>();

  constructor(store: Store) {
    this.#store = store;
    store.onRollback(() => this.#known.clear());
  }

  find(arn: string): Machine | undefined {
    const known = this.#known.get(arn);
    if (known !== undefined) return known;
    const row = this.#store.sql(`SELECT ${COLUMNS} FROM sfn_machines WHERE arn = ?`).get(arn) as Row | undefined;
    if (row === undefined) return undefined;
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    const machine = machineOf(row);
    this.#known.set(arn, machine);
    return machine;
  }

  insert({ arn, name, status, definitionId, lastVersion, createVersion, createdAt }: Machine): void {
    this.#store
      .sql(`INSERT INTO sfn_machines (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(arn, name, status, definitionId, lastVersion, createVersion ?? null, createdAt);
  }

  setDefinition(arn: string, definitionId: number): void {
    this.#known.delete(arn);
    this.#store.sql("UPDATE sfn_machines SET definition_id = ? WHERE arn = ?").run(definitionId, arn);
  }

  setLastVersion(arn: string, version: number): void {
    this.#known.delete(arn);
    this.#store.sql("UPDATE sfn_machines SET last_version = ? WHERE arn = ?").run(version, arn);
  }

  setDeleting(arn: string): void {
    this.#known.delete(arn);
    this.#store.sql("UPDATE sfn_machines SET status = 'DELETING' WHERE arn = ?").run(arn);
  }

  delete(arn: string): void {
    this.#known.delete(arn);
    this.#store.sql("DELETE FROM sfn_machines WHERE arn = ?").run(arn);
    this.#store.sql("DELETE FROM sfn_versions WHERE machine_arn = ?").run(arn);
    this.#store.sql("DELETE FROM sfn_aliases WHERE machine_arn = ?").run(arn);
    this.#store.sql("DELETE FROM sfn_machine_tags WHERE machine_arn = ?").run(arn);
  }

  /** Machines whose ARNs begin with `prefix`, by name (as AWS lists them), after the one named `after`. */
  list(prefix: string, after: string, limit: number): Machine[] {
    const rows = this.#store
      .sql(`SELECT ${COLUMNS} FROM sfn_machines WHERE arn > ? AND arn < ? ORDER BY arn LIMIT ?`)
      .all(prefix + after, `${prefix}\u{10ffff}`, limit) as Row[];
    return rows.map(machineOf);
  }
}

function machineOf(row: Row): Machine {
  return {
    arn: row.arn,
    name: row.name,
    status: row.status === "DELETING" ? "DELETING" : "ACTIVE",
    definitionId: row.definition_id,
    lastVersion: row.last_version,
    createVersion: row.create_version ?? undefined,
    createdAt: row.created_at,
  };
}
