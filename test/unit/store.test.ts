import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as turnEnded } from "node:timers/promises";
import { openLog } from "../../local/flusher.ts";
import { openStore, SCHEMA_VERSION, type Store } from "../../local/store.ts";

const SCHEMA = ["CREATE TABLE IF NOT EXISTS notes (text TEXT NOT NULL UNIQUE) STRICT"];

describe("the store", () => {
  let directory: string;
  let file: string;
  let store: Store;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "milepost-store-"));
    file = join(directory, "data.db");
    store = openStore(file, SCHEMA);
  });

  afterEach(() => {
    store.close();
    rmSync(directory, { recursive: true });
  });

  function reopen(openFlushable?: typeof openLog): void {
    store.close();
    store = openStore(file, SCHEMA, openFlushable);
  }

  function add(text: string): void {
    store.sql("INSERT INTO notes (text) VALUES (?)").run(text);
  }

  function notes(): string[] {
    return store.all<{ text: string }>("SELECT text FROM notes ORDER BY rowid").map((row) => row.text);
  }

  it("commits all writes of one turn together and answers each", async () => {
    // Act
    const answers = await Promise.all([store.write(() => add("a")).then(() => 1), store.write(() => add("b")).then(() => 2)]);

    // Assess
    assert.deepEqual(answers, [1, 2]);
    assert.deepEqual(notes(), ["a", "b"]);
  });

  it("commits a lone caller's work before the turn ends", async () => {
    // Prepare
    let hasTurnEnded = false;
    setImmediate(() => {
      hasTurnEnded = true;
    });

    // Act
    await store.write(() => add("a"));

    // Assess
    assert.equal(hasTurnEnded, false);
    assert.deepEqual(notes(), ["a"]);
  });

  it("commits a crowd's work when the turn ends", async () => {
    // Prepare
    for (const text of ["three", "in one", "turn"]) await store.write(() => add(text));
    await turnEnded();
    let hasTurnEnded = false;
    setImmediate(() => {
      hasTurnEnded = true;
    });

    // Act
    await store.write(() => add("a"));

    // Assess
    assert.equal(hasTurnEnded, true);
  });

  it("takes back only the work that threw, not that of the others in its group", async () => {
    // Act
    const outcomes = await Promise.allSettled([
      store.write(() => add("kept")),
      store.write(() => {
        add("taken back");
        throw new Error("no");
      }),
      store.write(() => add("also kept")),
    ]);

    // Assess
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(notes(), ["kept", "also kept"]);
  });

  it("takes back all of the first work of a group that threw, and what it had asked to be done at the end", async () => {
    // Prepare
    const told: string[] = [];
    const ask = (who: string) => {
      add(who);
      store.beforeCommit(() => told.push(`${who} at the end`));
      store.afterCommit(() => told.push(`${who} afterwards`));
    };
    store.onRollback(() => told.push("forget"));

    // Act
    const first = store.write(() => {
      ask("first");
      throw new Error("no");
    });
    const second = store.write(() => ask("second"));
    const outcomes = await Promise.allSettled([first, second]);

    // Assess
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ["rejected", "fulfilled"],
    );
    assert.deepEqual(notes(), ["second"]);
    assert.deepEqual(told, ["forget", "second at the end", "second afterwards"]);
  });

  it("fails what the first work of a group had begun within itself, with it", async () => {
    // Prepare
    const within: Promise<unknown>[] = [];

    // Act
    const work = store.write(() => {
      within.push(
        store.read(notes),
        store.write(() => add("inner")),
      );
      throw new Error("no");
    });
    const outcomes = await Promise.allSettled([work, ...within]);

    // Assess
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["rejected", "rejected", "rejected"],
    );
    assert.deepEqual(notes(), []);
  });

  it("refuses a checkpoint where a write is under way, half of which that would commit", async () => {
    // Act
    await store.write(() => {
      add("a");
      assert.throws(() => store.checkpoint(), /inside a write/);
    });

    // Assess
    assert.deepEqual(notes(), ["a"]);
  });

  it("costs nobody a cache where the first work of a group is refused before it wrote anything", async () => {
    // Prepare
    let forgotten = 0;
    store.onRollback(() => forgotten++);

    // Act
    await assert.rejects(
      store.write(() => {
        throw new Error("refused");
      }),
    );

    // Assess
    assert.equal(forgotten, 0);
  });

  it("lets a part of a write fail without the whole", async () => {
    // Act
    await store.write(() => {
      add("before");
      assert.throws(() =>
        store.within(() => {
          add("inside");
          throw new Error("no");
        }),
      );
      add("after");
    });

    // Assess
    assert.deepEqual(notes(), ["before", "after"]);
  });

  it("refuses within() where no write is under way", () => {
    assert.throws(() => store.within(() => 1), /outside a write/);
  });

  it("rejects every call of a group that the file cannot take, keeps none of it, and goes on afterwards", async () => {
    // Prepare
    await store.write(() => add("before"));
    const pages = store.get<{ page_count: number }>("PRAGMA page_count")?.page_count ?? 0;
    store.sql(`PRAGMA max_page_count = ${pages}`).get();
    let dropped = 0;
    store.onRollback(() => dropped++);

    // Act
    const outcomes = await Promise.allSettled([store.write(() => add("small")), store.write(() => add("x".repeat(100_000)))]);
    store.sql("PRAGMA max_page_count = 1000000").get();
    await store.write(() => add("when there is room"));

    // Assess
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.code),
      ["ServiceUnavailable", "ServiceUnavailable"],
    );
    assert.ok(dropped > 0, "caches were told");
    assert.deepEqual(notes(), ["before", "when there is room"]);
  });

  it("does not answer a read of what is not committed yet before that is", async () => {
    // Prepare
    const order: string[] = [];

    // Act
    const write = store.write(() => add("new")).then(() => order.push("write"));
    const read = store.read(() => notes()).then((seen) => order.push(`read ${seen.join()}`));
    await Promise.all([write, read]);

    // Assess
    assert.deepEqual(order, ["write", "read new"]);
  });

  it("wakes after the commit, never inside the transaction", async () => {
    // Act
    const seen = await new Promise<string[]>((resolve) => {
      void store.write(() => {
        add("sent");
        store.afterCommit(() => resolve(notes()));
      });
    });

    // Assess
    assert.deepEqual(seen, ["sent"]);
  });

  it("lets who waits for a group act at its end, in the same transaction", async () => {
    // Prepare
    const seen: string[] = [];
    let answered: Promise<void> | undefined;

    // Act
    const first = store.write(() => {
      add("sent");
      store.beforeCommit(() => {
        seen.push(...notes());
        answered = store.write(() => add("received"));
      });
    });
    const second = store.write(() => add("sent too"));
    await Promise.all([first, second]);
    await answered;

    // Assess
    assert.deepEqual(seen, ["sent", "sent too"]);
    assert.deepEqual(notes(), ["sent", "sent too", "received"]);
    assert.throws(() => store.beforeCommit(() => undefined), /outside a write/);
  });

  it("answers whoever waited for what the group brings, then flushes, then answers the callers who brought it", async () => {
    // Prepare
    const happened: string[] = [];
    const waiting: Promise<unknown>[] = [];
    const note = (name: string, answer: Promise<unknown>) => waiting.push(answer.then(() => happened.push(name)));
    reopen((log) => ({ ...openLog(log), flushInPlace: () => happened.push("flush") }));

    // Act
    const send = store.write(() => {
      add("sent");
      store.beforeCommit(() => {
        note(
          "receiver",
          store.write(() => add("received"), "committed"),
        );
        note(
          "who wrote more",
          store.write(() => add("more")),
        );
      });
    });
    note("sender", send);
    await send;
    await Promise.all(waiting);

    // Assess
    assert.deepEqual(happened, ["receiver", "flush", "sender", "who wrote more"]);
  });

  it("fails both whoever waited and the callers where their commit fails", async () => {
    // Prepare
    let received: Promise<unknown> | undefined;

    // Act
    const sent = store.write(() => {
      add("sent");
      store.beforeCommit(() => {
        received = store.write(() => add("received"));
        received.catch(() => undefined);
        throw new Error("The disk is full.");
      });
    });

    // Assess
    await assert.rejects(sent);
    await assert.rejects(received ?? Promise.resolve());
    assert.deepEqual(notes(), []);
  });

  it("keeps what it acknowledged when it is opened again", async () => {
    // Prepare
    await store.write(() => add("kept"), "committed");

    // Act
    reopen();

    // Assess
    assert.deepEqual(notes(), ["kept"]);
  });

  it("lets one owner have the file at a time", () => {
    assert.throws(() => openStore(file, SCHEMA), /locked/);
  });

  it("refuses a file that a newer version wrote", () => {
    // Prepare
    store.close();
    const other = new DatabaseSync(file);
    other.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    other.close();

    // Act, Assess
    assert.throws(() => openStore(file, SCHEMA), /newer Milepost/);
    const again = new DatabaseSync(file);
    again.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    again.close();
    store = openStore(file, SCHEMA);
  });
});
