/** The tables of CloudWatch Logs. Events are read by time, within a stream or across a group. */
export const LOGS_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS logs_groups (
    id INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    class TEXT NOT NULL,
    retention INTEGER,
    created INTEGER NOT NULL,
    events INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    tags TEXT NOT NULL,
    UNIQUE (region, name)
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS logs_streams (
    id INTEGER PRIMARY KEY,
    log_group INTEGER NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    first_event INTEGER,
    last_event INTEGER,
    last_ingestion INTEGER,
    UNIQUE (log_group, name)
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS logs_events (
    id INTEGER PRIMARY KEY,
    log_group INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    ingested INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    message TEXT NOT NULL
  ) STRICT`,
  "CREATE INDEX IF NOT EXISTS logs_events_by_group ON logs_events (log_group, timestamp, id)",
  "CREATE INDEX IF NOT EXISTS logs_events_by_stream ON logs_events (stream, timestamp, id)",
];
