import { Alarm } from "../alarm.ts";
import { logged } from "../errors.ts";
import type { Store } from "../store.ts";
import type { Catalogue } from "./catalogue.ts";
import { expirySeconds, type Items } from "./items.ts";
import { rowKey } from "./keys.ts";
import { parseStored, StoredItem } from "./stored-item.ts";
import type { Table } from "./table.ts";
import { attribute } from "./value.ts";

const BATCH = 1000;

/** A moment between two batches, so that calls are answered in between. */
const PAUSE_MS = 5;

/** DynamoDB deletes expired items some time after they expired; here it takes about a second. */
const GRACE_MS = 1000;

interface Chore {
  readonly owner: number;
  readonly kind: string;
  readonly tableId: number;
  readonly pk: Uint8Array;
  readonly sk: Uint8Array;
}

/**
 * The work that no call waits for, in small batches: deleting expired items and the rows of dropped tables, filling new
 * indexes. What is left to do is in rows, so it goes on after a restart.
 */
export class Sweeper {
  readonly #store: Store;
  readonly #catalogue: Catalogue;
  readonly #items: Items;
  readonly #now: () => number;
  readonly #alarm = new Alarm(() => this.#ring());
  #stopped = true;

  constructor(store: Store, catalogue: Catalogue, items: Items, now: () => number) {
    this.#store = store;
    this.#catalogue = catalogue;
    this.#items = items;
    this.#now = now;
    items.onExpiry((seconds) => this.#wakeAt(seconds * 1000 + GRACE_MS));
  }

  start(): void {
    this.#stopped = false;
    this.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.stop();
  }

  /** There is something to do. */
  wake(): void {
    this.#wakeAt(this.#now() + PAUSE_MS);
  }

  #wakeAt(moment: number): void {
    if (!this.#stopped) this.#alarm.at(moment);
  }

  #ring(): void {
    this.#store
      .write(() => this.sweep(), "committed")
      .then((more) => (more ? this.wake() : this.#sleep()))
      .catch((error: unknown) => this.#failed(error));
  }

  /** What fails is tried again a second later; a batch is done whole or not at all. */
  #failed(error: unknown): void {
    if (this.#stopped) return;
    console.error("Expired items, dropped tables or new indexes could not be worked on; it is tried again:", logged(error));
    this.#wakeAt(this.#now() + GRACE_MS);
  }

  #sleep(): void {
    if (this.#stopped) return;
    const next = this.#store.sql("SELECT min(expires) AS expires FROM ddb_items WHERE expires IS NOT NULL").get()?.expires;
    if (typeof next === "number") this.#wakeAt(next * 1000 + GRACE_MS);
  }

  /** Does one batch of everything, inside a write; whether more is left. */
  sweep(): boolean {
    const seconds = Math.floor(this.#now() / 1000);
    this.#store.sql("DELETE FROM ddb_requests WHERE expires <= ?").run(seconds);
    const expired = this.#expire(seconds);
    const row = this.#store.sql("SELECT owner, kind, table_id, pk, sk FROM ddb_chores LIMIT 1").get();
    if (row === undefined) return expired === BATCH;
    const { pk, sk } = row;
    if (!(pk instanceof Uint8Array) || !(sk instanceof Uint8Array)) return false;
    this.advance({ owner: Number(row.owner), kind: String(row.kind), tableId: Number(row.table_id), pk, sk });
    return true;
  }

  /** Does the first batch of a new chore within the call that made it: most tables are small, and then it is done. */
  begin(owner: number, kind: string, table: Table): void {
    const none = new Uint8Array(0);
    this.advance({ owner, kind, tableId: table.id, pk: none, sk: none });
    this.#store.afterCommit(() => this.wake());
  }

  advance(chore: Chore): void {
    const done = chore.kind === "drop" ? this.#drop(chore.owner) : this.#visit(chore);
    if (done) this.#store.sql("DELETE FROM ddb_chores WHERE owner = ?").run(chore.owner);
  }

  #drop(owner: number): boolean {
    const items = this.#store
      .sql("DELETE FROM ddb_items WHERE id IN (SELECT id FROM ddb_items WHERE table_id = ? LIMIT ?)")
      .run(owner, BATCH).changes;
    const entries = this.#store
      .sql(
        "DELETE FROM ddb_entries WHERE (index_id, pk, sk, table_pk, table_sk) IN (SELECT index_id, pk, sk, table_pk, table_sk FROM ddb_entries WHERE index_id = ? LIMIT ?)",
      )
      .run(owner, BATCH).changes;
    return Number(items) + Number(entries) === 0;
  }

  /** Goes on from where the chore stood, in the order of the table's keys. */
  #visit(chore: Chore): boolean {
    const table = this.#catalogue.byId(chore.tableId);
    if (table === undefined) return true;
    const rows = this.#store
      .sql("SELECT id, pk, sk, item FROM ddb_items WHERE table_id = ? AND (pk, sk) > (?, ?) ORDER BY pk, sk LIMIT ?")
      .all(table.id, chore.pk, chore.sk, BATCH);
    for (const { id, pk, sk, item } of rows) {
      if (pk instanceof Uint8Array && sk instanceof Uint8Array) this.#visitItem(chore, table, Number(id), { pk, sk }, String(item));
    }
    const last = rows.at(-1);
    if (last !== undefined && rows.length === BATCH) {
      this.#store.sql("UPDATE ddb_chores SET pk = ?, sk = ? WHERE owner = ?").run(last.pk ?? null, last.sk ?? null, chore.owner);
      return false;
    }
    if (chore.kind === "enter") this.#finishIndex(table, chore.owner);
    return true;
  }

  #visitItem(chore: Chore, table: Table, id: number, key: { pk: Uint8Array; sk: Uint8Array }, text: string): void {
    const item = parseStored(text);
    if (chore.kind === "expire") {
      this.#items.setExpiry(table, id, item);
      return;
    }
    const index = table.indexes.find((candidate) => candidate.id === chore.owner);
    if (index !== undefined) this.#items.enter(index, key, id, item);
  }

  #finishIndex(table: Table, id: number): void {
    const indexes = table.indexes.map((index) => {
      if (index.id !== id) return index;
      const { building: _, ...built } = index;
      return built;
    });
    this.#catalogue.save({ ...table, indexes });
  }

  #expire(seconds: number): number {
    const rows = this.#store
      .sql("SELECT id, table_id, size, item FROM ddb_items WHERE expires <= ? ORDER BY expires LIMIT ?")
      .all(seconds, BATCH);
    for (const { id, table_id, size, item } of rows) {
      this.#expireItem(Number(table_id), new StoredItem(Number(id), Number(size), String(item)), seconds);
    }
    return rows.length;
  }

  /** Time to live may have been turned off, or moved to another attribute, since the moment was noted. */
  #expireItem(tableId: number, stored: StoredItem, seconds: number): void {
    const table = this.#catalogue.byId(tableId);
    const due = table?.expiryAttribute === undefined ? null : expirySeconds(attribute(stored.item, table.expiryAttribute), this.#now());
    if (table !== undefined && due !== null && due <= seconds) {
      this.#items.carryOut(table, rowKey(table.key, stored.item), stored, undefined);
    } else this.#store.sql("UPDATE ddb_items SET expires = ? WHERE id = ?").run(due, stored.id);
  }
}
