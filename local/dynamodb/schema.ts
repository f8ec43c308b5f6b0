/**
 * The tables of DynamoDB in the endpoint's file.
 *
 * Keys are stored as bytes whose order is DynamoDB's order. An index entry points to its item by row id instead of
 * holding a copy: a write touches an index only when that index's keys change, and no index can show an old item.
 * `ddb_chores` is work on more rows than one call should touch (the rows of a dropped table, an index over items that were
 * there before it), and how far it has come.
 * `ddb_owners` numbers tables and indexes; a number is never given twice, so rows of a deleted table can be swept away later
 * without being taken for another's.
 */
export const DYNAMODB_SCHEMA: readonly string[] = [
  "CREATE TABLE IF NOT EXISTS ddb_owners (id INTEGER PRIMARY KEY AUTOINCREMENT)",
  `CREATE TABLE IF NOT EXISTS ddb_tables (
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    id INTEGER NOT NULL UNIQUE,
    definition TEXT NOT NULL,
    PRIMARY KEY (region, name)
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS ddb_items (
    id INTEGER PRIMARY KEY,
    table_id INTEGER NOT NULL,
    pk BLOB NOT NULL,
    sk BLOB NOT NULL,
    size INTEGER NOT NULL,
    expires INTEGER,
    item TEXT NOT NULL
  )`,
  "CREATE UNIQUE INDEX IF NOT EXISTS ddb_items_by_key ON ddb_items (table_id, pk, sk)",
  "CREATE INDEX IF NOT EXISTS ddb_items_by_expiry ON ddb_items (expires) WHERE expires IS NOT NULL",
  `CREATE TABLE IF NOT EXISTS ddb_entries (
    index_id INTEGER NOT NULL,
    pk BLOB NOT NULL,
    sk BLOB NOT NULL,
    table_pk BLOB NOT NULL,
    table_sk BLOB NOT NULL,
    item_id INTEGER NOT NULL,
    PRIMARY KEY (index_id, pk, sk, table_pk, table_sk)
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS ddb_chores (
    owner INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    table_id INTEGER NOT NULL,
    pk BLOB NOT NULL,
    sk BLOB NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS ddb_requests (
    region TEXT NOT NULL,
    token TEXT NOT NULL,
    digest TEXT NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (region, token)
  ) WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS ddb_requests_by_expiry ON ddb_requests (expires)",
];
