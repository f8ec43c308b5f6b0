/**
 * How a data file of an older format becomes one of this: for each format the statements that lead to the next. They run once,
 * in the transaction that sets the file's number, before the tables that are missing are made.
 */
export const MIGRATIONS: ReadonlyMap<number, readonly string[]> = new Map([[1, [...timersIntoThreads(), ...withoutCounters()]]]);

/**
 * Format 1 had a row for each timer and one for each execution's first thread. Since 2 a thread holds its timers, and the first
 * lies in the execution's own row. An execution that had not begun had a timer and no thread.
 */
function timersIntoThreads(): string[] {
  const timers = "json((SELECT json_group_object(kind, due) FROM sfn_timers WHERE thread = key))";
  return [
    "ALTER TABLE sfn_threads ADD COLUMN due INTEGER",
    "ALTER TABLE sfn_executions ADD COLUMN due INTEGER",
    "ALTER TABLE sfn_executions ADD COLUMN root TEXT",
    `INSERT OR IGNORE INTO sfn_threads (key, data)
      SELECT timer.thread, json_object('id', 0, 'index', 0, 'state', json_extract(definition.text, '$.StartAt'), 'input', execution.input,
        'previous', 0, 'entered', 0, 'beforeEntered', 0, 'enteredAt', 0, 'variables', json('{}'), 'attempts', json('[]'),
        'phase', json('{"at":"entering"}'))
      FROM sfn_timers AS timer
      JOIN sfn_executions AS execution ON execution.id * 1048576 = timer.thread
      JOIN sfn_definitions AS definition ON definition.id = execution.definition_id
      WHERE timer.kind = 'start'`,
    `UPDATE sfn_threads SET
      due = (SELECT min(due) FROM sfn_timers WHERE thread = key),
      data = json_set(data, '$.timers', ${timers})`,
    "UPDATE sfn_executions SET due = first.due, root = first.data FROM sfn_threads AS first WHERE first.key = sfn_executions.id * 1048576",
    "DELETE FROM sfn_threads WHERE key % 1048576 = 0",
    "DROP TABLE sfn_timers",
    "DROP INDEX IF EXISTS sfn_executions_of_machine",
    "DROP INDEX IF EXISTS sfn_executions_stopped",
  ];
}

/** Format 1 had every write count what its table and its indexes hold. */
function withoutCounters(): string[] {
  return ["ALTER TABLE ddb_owners DROP COLUMN items", "ALTER TABLE ddb_owners DROP COLUMN bytes"];
}
