/**
 * The tables of state machines. What a machine does at one time — definition, role and settings together, a revision in AWS's words —
 * is one row that never changes: machines, versions and executions point at it, so an execution goes on under the revision it started
 * with, whatever happens to its machine. Ids are never used twice (AUTOINCREMENT), since executions may outlive their machine.
 */
export const MACHINE_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS sfn_definitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    settings TEXT NOT NULL,
    revision_id TEXT,
    created_at INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS sfn_machines (
    arn TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    definition_id INTEGER NOT NULL,
    last_version INTEGER NOT NULL,
    create_version TEXT,
    created_at INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS sfn_versions (
    machine_arn TEXT NOT NULL,
    version INTEGER NOT NULL,
    definition_id INTEGER NOT NULL,
    description TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (machine_arn, version)
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS sfn_versions_definition ON sfn_versions (machine_arn, definition_id)`,
  `CREATE TABLE IF NOT EXISTS sfn_aliases (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    machine_arn TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    routing TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  )`,
  `CREATE INDEX IF NOT EXISTS sfn_aliases_machine ON sfn_aliases (machine_arn, id)`,
  `CREATE TABLE IF NOT EXISTS sfn_machine_tags (
    id INTEGER PRIMARY KEY,
    machine_arn TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (machine_arn, name)
  )`,
];
