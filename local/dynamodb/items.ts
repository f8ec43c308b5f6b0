import type { Store } from "../store.ts";
import { sameOptional } from "./compare.ts";
import { indexRowKey, type RowKey } from "./keys.ts";
import { RecentItems } from "./recent-items.ts";
import { type Sized, StoredItem } from "./stored-item.ts";
import type { Index, Table } from "./table.ts";
import { type AttributeValue, attribute, type Item } from "./value.ts";

const FIVE_YEARS_S = 5 * 365 * 24 * 3600;

/** The rows of items and of their index entries, which are only ever written together. */
export class Items {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #recent = new RecentItems();
  #wake: (expiresS: number) => void = () => {};

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
    store.onRollback(() => this.#recent.clear());
  }

  /** `wake` is told of every moment at which an item will expire. */
  onExpiry(wake: (expiresS: number) => void): void {
    this.#wake = wake;
  }

  find(table: Table, key: RowKey): StoredItem | undefined {
    const recent = this.#recent.get(table, key);
    if (recent !== undefined) return recent;
    const found = this.#read(table, key);
    if (found !== undefined) this.#recent.set(table, key, found);
    return found;
  }

  #read(table: Table, key: RowKey): StoredItem | undefined {
    const row = this.#store
      .sql("SELECT id, size, item FROM ddb_items WHERE table_id = ? AND pk = ? AND sk = ?")
      .get(table.id, key.pk, key.sk);
    return row === undefined ? undefined : new StoredItem(Number(row.id), Number(row.size), String(row.item));
  }

  /** Puts `after` in the place of `before`, what `find` found there; either may be missing. */
  carryOut(table: Table, key: RowKey, before: StoredItem | undefined, after: Sized | undefined): void {
    if (before === undefined && after === undefined) return;
    const id = this.#write(table, key, before, after);
    this.#recent.set(table, key, after && new StoredItem(id, after.size, after.item));
    for (const index of table.indexes) this.#moveEntry(index, key, id, before?.item, after?.item);
  }

  #write(table: Table, key: RowKey, before: StoredItem | undefined, after: Sized | undefined): number {
    if (before === undefined) return after === undefined ? 0 : this.#insert(table, key, after);
    if (after !== undefined) return this.#replace(table, before, after);
    this.#store.sql("DELETE FROM ddb_items WHERE id = ?").run(before.id);
    return before.id;
  }

  /** Enters an item that was there before the index; its entry may have been made since by a write. */
  enter(index: Index, key: RowKey, id: number, item: Item): void {
    this.#moveEntry(index, key, id, undefined, item);
  }

  /** Notes when an item expires that was there before time to live was turned on. */
  setExpiry(table: Table, id: number, item: Item): void {
    this.#store.sql("UPDATE ddb_items SET expires = ? WHERE id = ?").run(this.#expiry(table, item), id);
  }

  #insert(table: Table, key: RowKey, { item, size }: Sized): number {
    const { lastInsertRowid } = this.#store
      .sql("INSERT INTO ddb_items (table_id, pk, sk, size, expires, item) VALUES (?, ?, ?, ?, ?, ?)")
      .run(table.id, key.pk, key.sk, size, this.#expiry(table, item), JSON.stringify(item));
    return Number(lastInsertRowid);
  }

  #replace(table: Table, previous: StoredItem, { item, size }: Sized): number {
    const text = JSON.stringify(item);
    if (table.expiryAttribute === undefined) {
      this.#store.sql("UPDATE ddb_items SET size = ?, item = ? WHERE id = ?").run(size, text, previous.id);
    } else {
      const expires = this.#expiry(table, item);
      this.#store.sql("UPDATE ddb_items SET size = ?, expires = ?, item = ? WHERE id = ?").run(size, expires, text, previous.id);
    }
    return previous.id;
  }

  #moveEntry(index: Index, key: RowKey, id: number, from: Item | undefined, to: Item | undefined): void {
    if (from !== undefined && to !== undefined && sameIndexKey(index, from, to)) return;
    const old = from === undefined ? undefined : indexRowKey(index.key, from);
    const next = to === undefined ? undefined : indexRowKey(index.key, to);
    if (old !== undefined) this.#removeEntry(index, old, key);
    if (next !== undefined) this.#addEntry(index, next, key, id);
  }

  #removeEntry(index: Index, entry: RowKey, key: RowKey): void {
    this.#store
      .sql("DELETE FROM ddb_entries WHERE index_id = ? AND pk = ? AND sk = ? AND table_pk = ? AND table_sk = ?")
      .run(index.id, entry.pk, entry.sk, key.pk, key.sk);
  }

  #addEntry(index: Index, entry: RowKey, key: RowKey, id: number): void {
    this.#store
      .sql("INSERT OR IGNORE INTO ddb_entries (index_id, pk, sk, table_pk, table_sk, item_id) VALUES (?, ?, ?, ?, ?, ?)")
      .run(index.id, entry.pk, entry.sk, key.pk, key.sk, id);
  }

  /** The second at which the item expires; null for one that does not. As in AWS, a moment over five years past is none. */
  #expiry(table: Table, item: Item): number | null {
    if (table.expiryAttribute === undefined) return null;
    const seconds = expirySeconds(attribute(item, table.expiryAttribute), this.#now());
    if (seconds !== null) this.#wake(seconds);
    return seconds;
  }
}

export function expirySeconds(value: AttributeValue | undefined, now: number): number | null {
  if (value === undefined || !("N" in value)) return null;
  const seconds = Math.floor(Number(value.N));
  if (!Number.isSafeInteger(seconds) || seconds < now / 1000 - FIVE_YEARS_S) return null;
  return seconds;
}

function sameIndexKey(index: Index, from: Item, to: Item): boolean {
  if (!sameOptional(attribute(from, index.key.hash.name), attribute(to, index.key.hash.name))) return false;
  const range = index.key.range?.name;
  return range === undefined || sameOptional(attribute(from, range), attribute(to, range));
}
