import type { Store } from "../../store.ts";

export interface Version {
  machineArn: string;
  version: number;
  definitionId: number;
  description: string | undefined;
  createdAt: number;
}

type Row = {
  machine_arn: string;
  version: number;
  definition_id: number;
  description: string | null;
  created_at: number;
};

const COLUMNS = "machine_arn, version, definition_id, description, created_at";

/** The rows of published versions. */
export class VersionTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(machineArn: string, version: number): Version | undefined {
    const row = this.#store.sql(`SELECT ${COLUMNS} FROM sfn_versions WHERE machine_arn = ? AND version = ?`).get(machineArn, version) as
      | Row
      | undefined;
    return row === undefined ? undefined : versionOf(row);
  }

  /** The version that a definition was published as. */
  findByDefinition(machineArn: string, definitionId: number): Version | undefined {
    const row = this.#store
      .sql(`SELECT ${COLUMNS} FROM sfn_versions WHERE machine_arn = ? AND definition_id = ? ORDER BY version DESC LIMIT 1`)
      .get(machineArn, definitionId) as Row | undefined;
    return row === undefined ? undefined : versionOf(row);
  }

  insert({ machineArn, version, definitionId, description, createdAt }: Version): void {
    this.#store
      .sql(`INSERT INTO sfn_versions (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
      .run(machineArn, version, definitionId, description ?? null, createdAt);
  }

  delete(machineArn: string, version: number): void {
    this.#store.sql("DELETE FROM sfn_versions WHERE machine_arn = ? AND version = ?").run(machineArn, version);
  }

  /** The versions below `before`, the newest first. */
  list(machineArn: string, before: number, limit: number): Version[] {
    const rows = this.#store
      .sql(`SELECT ${COLUMNS} FROM sfn_versions WHERE machine_arn = ? AND version < ? ORDER BY version DESC LIMIT ?`)
      .all(machineArn, before, limit) as Row[];
    return rows.map(versionOf);
  }
}

function versionOf(row: Row): Version {
  return {
    machineArn: row.machine_arn,
    version: row.version,
    definitionId: row.definition_id,
    description: row.description ?? undefined,
    createdAt: row.created_at,
  };
}
