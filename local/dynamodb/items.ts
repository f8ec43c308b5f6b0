import type { Store } from "../store.ts";
import { sameOptional } from "./compare.ts";
import { invalid } from "./errors.ts";
import { indexRowKey, type RowKey } from "./keys.ts";
import { itemSize } from "./size.ts";
import type { Index, Table } from "./table.ts";
import { type AttributeValue, attribute, type Item } from "./value.ts";

const ITEM_BYTES_MAX = 400 * 1024;
const FIVE_YEARS_S = 5 * 365 * 24 * 3600;

/** An item as found in its table. Its text is parsed when somebody looks into it, and once. */
export class StoredItem {
  readonly id: number;
  readonly size: number;
  readonly #text: string;
  #item: Item | undefined;

  constructor(id: number, size: number, text: string) {
    this.id = id;
    this.size = size;
    this.#text = text;
  }

  get item(): Item {
    this.#item ??= parseStored(this.#text);
    return this.#item;
  }
}

export function parseStored(text: string): Item {
  return JSON.parse(text);
}

/** The rows of items and of their index entries, which are only ever written together. */
export class Items {
  readonly #store: Store;
  readonly #now: () => number;
  #wake: (expiresS: number) => void = () => {};

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** `wake` is told of every moment at which an item will expire. */
  onExpiry(wake: (expiresS: number) => void): void {
    this.#wake = wake;
  }

  find(table: Table, key: RowKey): StoredItem | undefined {
    const row = this.#store
      .sql("SELECT id, size, item FROM ddb_items WHERE table_id = ? AND pk = ? AND sk = ?")
      .get(table.id, key.pk, key.sk);
    return row === undefined ? undefined : new StoredItem(Number(row.id), Number(row.size), String(row.item));
  }

  /** Puts `item` in the place of `previous`, what `find` found there. */
  put(table: Table, key: RowKey, previous: StoredItem | undefined, item: Item, tooLarge: string): void {
    const size = itemSize(item);
    if (size > ITEM_BYTES_MAX) throw invalid(tooLarge);
    const id = previous === undefined ? this.#insert(table, key, item, size) : this.#replace(table, previous, item, size);
    for (const index of table.indexes) this.#moveEntry(index, key, id, previous?.item, item);
  }

  remove(table: Table, key: RowKey, previous: StoredItem): void {
    this.#store.sql("DELETE FROM ddb_items WHERE id = ?").run(previous.id);
    this.#count(table.id, -1, -previous.size);
    for (const index of table.indexes) this.#moveEntry(index, key, previous.id, previous.item, undefined);
  }

  /** Enters an item that was there before the index. */
  enter(index: Index, key: RowKey, id: number, item: Item): void {
    this.#moveEntry(index, key, id, undefined, item);
  }

  #insert(table: Table, key: RowKey, item: Item, size: number): number {
    const { lastInsertRowid } = this.#store
      .sql("INSERT INTO ddb_items (table_id, pk, sk, size, expires, item) VALUES (?, ?, ?, ?, ?, ?)")
      .run(table.id, key.pk, key.sk, size, this.#expiry(table, item), JSON.stringify(item));
    this.#count(table.id, 1, size);
    return Number(lastInsertRowid);
  }

  #replace(table: Table, previous: StoredItem, item: Item, size: number): number {
    const text = JSON.stringify(item);
    if (table.expiryAttribute === undefined) {
      this.#store.sql("UPDATE ddb_items SET size = ?, item = ? WHERE id = ?").run(size, text, previous.id);
    } else {
      const expires = this.#expiry(table, item);
      this.#store.sql("UPDATE ddb_items SET size = ?, expires = ?, item = ? WHERE id = ?").run(size, expires, text, previous.id);
    }
    if (size !== previous.size) this.#count(table.id, 0, size - previous.size);
    return previous.id;
  }

  #moveEntry(index: Index, key: RowKey, id: number, from: Item | undefined, to: Item | undefined): void {
    if (from !== undefined && to !== undefined && sameIndexKey(index, from, to)) return;
    const old = from === undefined ? undefined : indexRowKey(index.key, from);
    const next = to === undefined ? undefined : indexRowKey(index.key, to);
    if (old !== undefined) {
      this.#store
        .sql("DELETE FROM ddb_entries WHERE index_id = ? AND pk = ? AND sk = ? AND table_pk = ? AND table_sk = ?")
        .run(index.id, old.pk, old.sk, key.pk, key.sk);
    }
    if (next !== undefined) {
      this.#store
        .sql("INSERT INTO ddb_entries (index_id, pk, sk, table_pk, table_sk, item_id) VALUES (?, ?, ?, ?, ?, ?)")
        .run(index.id, next.pk, next.sk, key.pk, key.sk, id);
    }
    const change = (next === undefined ? 0 : 1) - (old === undefined ? 0 : 1);
    if (change !== 0) this.#count(index.id, change, 0);
  }

  #count(owner: number, items: number, bytes: number): void {
    this.#store.sql("UPDATE ddb_owners SET items = items + ?, bytes = bytes + ? WHERE id = ?").run(items, bytes, owner);
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
