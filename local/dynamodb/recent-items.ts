import { RecentlyUsed } from "../recently-used.ts";
import type { RowKey } from "./keys.ts";
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

/** The length of the first part tells where the second begins. */
function nameOf(table: Pick<Table, "id">, { pk, sk }: RowKey): string {
  return `${table.id} ${pk.length} ${latin1(pk)}${latin1(sk)}`;
}

function latin1(bytes: Uint8Array): string {
  return bytes.length === 0 ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
