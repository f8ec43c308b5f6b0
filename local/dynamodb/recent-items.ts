import { RecentlyUsed } from "../recently-used.ts";
import { keyText, type RowKey } from "./keys.ts";
import type { StoredItem } from "./stored-item.ts";
import type { Table } from "./table.ts";

/** What is kept, by the items' own sizes; parsed, an item takes about ten times as much. */
const KEPT_BYTES_MAX = 512 * 1024;

/** A few long items must not drive out many short ones. */
const ITEM_BYTES_MAX = 32 * 1024;

/**
 * Items as they were last found or written, parsed: whoever changes an item has often just read or written it. Only a cache
 * over the rows: an item that is not here is read from its row, and all are dropped where rows are taken back.
 */
export class RecentItems {
  readonly #items = new RecentlyUsed<string, StoredItem>(KEPT_BYTES_MAX, ({ size }) => size);

  get(table: Pick<Table, "id">, key: RowKey): StoredItem | undefined {
    return this.#items.get(nameOf(table, key));
  }

  /** Keeps an item in the place of the one before; undefined where there is none any more. */
  set(table: Pick<Table, "id">, key: RowKey, item: StoredItem | undefined): void {
    const name = nameOf(table, key);
    if (item === undefined || item.size > ITEM_BYTES_MAX) this.#items.delete(name);
    else this.#items.set(name, item);
  }

  clear(): void {
    this.#items.clear();
  }
}

function nameOf(table: Pick<Table, "id">, key: RowKey): string {
  return `${table.id} ${keyText(key)}`;
}
