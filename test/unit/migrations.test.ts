import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { SCHEMA } from "../../local/services.ts";
import { createStepFunctions } from "../../local/stepfunctions/service.ts";
import { openStore, SCHEMA_VERSION, type Store } from "../../local/store.ts";

const MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const THREADS = 2 ** 20;
const DEFINITION = JSON.stringify({ StartAt: "First", States: { First: { Type: "Pass", Result: "done", End: true } } });

/** The tables that format 1 had otherwise. */
const FORMAT_1 = `
  CREATE TABLE sfn_definitions (id INTEGER PRIMARY KEY, text TEXT NOT NULL, role_arn TEXT NOT NULL, settings TEXT NOT NULL,
    revision_id TEXT, created_at INTEGER NOT NULL) STRICT;
  CREATE TABLE sfn_executions (id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, name TEXT NOT NULL, machine_arn TEXT NOT NULL,
    version_arn TEXT, alias_arn TEXT, definition_id INTEGER NOT NULL, status TEXT NOT NULL, started_at INTEGER NOT NULL,
    stopped_at INTEGER, input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT, trace_header TEXT,
    redrive_count INTEGER NOT NULL DEFAULT 0, redriven_at INTEGER, redrive_token TEXT, last_event INTEGER NOT NULL DEFAULT 0,
    next_thread INTEGER NOT NULL DEFAULT 1, starter_id INTEGER, starter_thread INTEGER) STRICT;
  CREATE INDEX sfn_executions_of_machine ON sfn_executions (machine_arn, id);
  CREATE INDEX sfn_executions_stopped ON sfn_executions (stopped_at) WHERE stopped_at IS NOT NULL;
  CREATE TABLE sfn_threads (key INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE sfn_timers (thread INTEGER NOT NULL, kind TEXT NOT NULL, due INTEGER NOT NULL, PRIMARY KEY (thread, kind)) STRICT, WITHOUT ROWID;
  CREATE INDEX sfn_timers_due ON sfn_timers (due);
  CREATE TABLE ddb_owners (id INTEGER PRIMARY KEY AUTOINCREMENT, items INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0);
  PRAGMA user_version = 1;
`;

describe("a data file of format 1", () => {
  let directory: string;
  let file: string;
  let store: Store | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "migrations-"));
    file = join(directory, "data.sqlite");
  });

  afterEach(() => {
    store?.close();
    rmSync(directory, { recursive: true });
  });

  /** Writes a file with a parked execution (1), one that ended (2) and one that had not begun (3). */
  function writeFormat1(): void {
    const db = new DatabaseSync(file);
    db.exec(FORMAT_1);
    db.prepare("INSERT INTO sfn_definitions VALUES (1, ?, 'arn:aws:iam::000000000000:role/r', '{}', NULL, 0)").run(DEFINITION);
    const execution = db.prepare(
      "INSERT INTO sfn_executions (id, arn, name, machine_arn, definition_id, status, started_at, input, last_event) VALUES (?, ?, ?, ?, 1, ?, 0, ?, ?)",
    );
    for (const [id, status, lastEvent] of [
      [1, "RUNNING", 5],
      [2, "SUCCEEDED", 3],
      [3, "RUNNING", 0],
    ] as const) {
      execution.run(
        id,
        `${MACHINE.replace("stateMachine", "execution")}:e${id}`,
        `e${id}`,
        MACHINE,
        status,
        '{"quote\\"": 1.50}',
        lastEvent,
      );
    }
    const thread = db.prepare("INSERT INTO sfn_threads VALUES (?, ?)");
    thread.run(THREADS, '{"id":0,"input":"{\\"n\\": 1.50}"}');
    thread.run(THREADS + 1, '{"id":1,"input":"é"}');
    const timer = db.prepare("INSERT INTO sfn_timers VALUES (?, ?, ?)");
    timer.run(THREADS, "execution", 9_000_000_000_000);
    timer.run(THREADS + 1, "timeout", 8_000_000_000_000);
    timer.run(THREADS + 1, "heartbeat", 7_000_000_000_000);
    timer.run(3 * THREADS, "start", 1);
    db.close();
  }

  function rows(text: string): object[] {
    return (store?.all<object>(text) ?? []).map((row) => ({ ...row }));
  }

  it("becomes one of today, where threads hold their timers and the first lies in its execution's row", () => {
    // Prepare
    writeFormat1();

    // Act
    store = openStore(file, SCHEMA);

    // Assess
    const [parked, ended] = rows("SELECT due, root FROM sfn_executions ORDER BY id");
    assert.deepEqual(parked, { due: 9_000_000_000_000, root: '{"id":0,"input":"{\\"n\\": 1.50}","timers":{"execution":9000000000000}}' });
    assert.deepEqual(ended, { due: null, root: null });
    assert.deepEqual(rows("SELECT key, due, data FROM sfn_threads"), [
      {
        key: THREADS + 1,
        due: 7_000_000_000_000,
        data: '{"id":1,"input":"é","timers":{"heartbeat":7000000000000,"timeout":8000000000000}}',
      },
    ]);
    assert.deepEqual(rows("SELECT name FROM sqlite_schema WHERE name LIKE 'sfn_timers%' OR name = 'sfn_executions_stopped'"), []);
    assert.deepEqual(rows("PRAGMA user_version"), [{ user_version: SCHEMA_VERSION }]);
  });

  it("numbers tables on from the last one", () => {
    // Prepare
    writeFormat1();
    const db = new DatabaseSync(file);
    db.exec("INSERT INTO ddb_owners (id, items, bytes) VALUES (7, 2, 30); DELETE FROM ddb_owners");
    db.close();

    // Act
    store = openStore(file, SCHEMA);
    store.sql("INSERT INTO ddb_owners DEFAULT VALUES").run();

    // Assess
    assert.deepEqual(rows("SELECT * FROM ddb_owners"), [{ id: 8 }]);
  });

  it("has the executions begin that had not begun", async () => {
    // Prepare
    writeFormat1();
    store = openStore(file, SCHEMA);
    const service = createStepFunctions(store, { operations: {}, retentionDays: 30_000 });

    // Act
    service.start?.("http://127.0.0.1:4566");
    for (let tries = 0; tries < 200 && rows("SELECT 1 FROM sfn_executions WHERE id = 3 AND status = 'RUNNING'").length > 0; tries++)
      await sleep(10);
    service.stop?.();

    // Assess
    assert.deepEqual(rows("SELECT status, output, root FROM sfn_executions WHERE id = 3"), [
      { status: "SUCCEEDED", output: '"done"', root: null },
    ]);
  });

  it("is not migrated a second time", () => {
    // Prepare
    writeFormat1();
    openStore(file, SCHEMA).close();

    // Act
    store = openStore(file, SCHEMA);

    // Assess
    assert.equal(rows("SELECT 1 FROM sfn_executions").length, 3);
  });
});
