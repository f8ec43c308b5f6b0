/**
 * The tables of the queues. A message is two rows: a small one with its state, rewritten with every receive, and one with
 * its contents, written once, so that hiding a message of 1 MiB costs no more than hiding one of a few bytes.
 *
 * `state` is 0 for ready, 1 for in flight, 2 for delayed; `due` is a ready message's place in the queue and the moment
 * (milliseconds since the epoch) at which any other becomes visible. One index thus finds the next messages, the ones
 * that came back, and the next moment anything changes, however many messages are ready or in flight.
 *
 * A FIFO group with messages is a row too, in the same two states as the first of its messages: only the messages before
 * the first hidden one of a group may be received, so a group whose first message is hidden is blocked whole.
 */
export const SQS_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS sqs_queues (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    attributes TEXT NOT NULL,
    tags TEXT NOT NULL,
    dead_letter_arn TEXT,
    scope_before TEXT,
    scope_changed_at INTEGER,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    purged_at INTEGER
  )`,
  `CREATE INDEX IF NOT EXISTS sqs_queues_dead_letter ON sqs_queues (dead_letter_arn, arn) WHERE dead_letter_arn IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS sqs_numbers (id INTEGER PRIMARY KEY, reserved INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS sqs_messages (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    state INTEGER NOT NULL,
    due INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    grp INTEGER,
    receives INTEGER NOT NULL,
    receives_elsewhere INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER,
    first_received_at INTEGER,
    enqueued_at INTEGER NOT NULL
  )`,
  `CREATE INDEX IF NOT EXISTS sqs_messages_due ON sqs_messages (queue, state, due)`,
  `CREATE INDEX IF NOT EXISTS sqs_messages_age ON sqs_messages (queue, enqueued_at)`,
  `CREATE INDEX IF NOT EXISTS sqs_messages_group ON sqs_messages (grp, rank) WHERE grp IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS sqs_contents (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    body_md5 TEXT NOT NULL,
    attributes TEXT,
    attributes_md5 TEXT,
    trace_header TEXT,
    group_name TEXT,
    deduplication_id TEXT,
    sequence TEXT,
    source_arn TEXT,
    body TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS sqs_groups (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    name TEXT NOT NULL,
    state INTEGER NOT NULL,
    due INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    UNIQUE (queue, name)
  )`,
  `CREATE INDEX IF NOT EXISTS sqs_groups_due ON sqs_groups (queue, state, due)`,
  `CREATE TABLE IF NOT EXISTS sqs_deduplications (
    queue INTEGER NOT NULL,
    scope TEXT NOT NULL,
    deduplication_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sequence TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (queue, scope, deduplication_id)
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS sqs_deduplications_expiry ON sqs_deduplications (expires_at)`,
  `CREATE TABLE IF NOT EXISTS sqs_attempts (
    queue INTEGER NOT NULL,
    attempt TEXT NOT NULL,
    taken TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (queue, attempt)
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS sqs_attempts_expiry ON sqs_attempts (expires_at)`,
  `CREATE TABLE IF NOT EXISTS sqs_discarded (queue INTEGER PRIMARY KEY)`,
  `CREATE TABLE IF NOT EXISTS sqs_move_tasks (
    id TEXT PRIMARY KEY,
    source_arn TEXT NOT NULL,
    destination_arn TEXT,
    rate INTEGER,
    status TEXT NOT NULL,
    moved INTEGER NOT NULL,
    to_move INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    failure TEXT
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS sqs_move_tasks_source ON sqs_move_tasks (source_arn, started_at)`,
  `CREATE INDEX IF NOT EXISTS sqs_move_tasks_running ON sqs_move_tasks (source_arn) WHERE status = 'RUNNING'`,
];
