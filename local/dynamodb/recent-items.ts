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
  /** In the order of their last use. */
  readonly #items = new Map<string, StoredItem>();
  #bytes = 0;

  get(table: Pick<Table, "id">, key: RowKey): StoredItem | undefined {
    const name = nameOf(table, key);
    const item = this.#items.get(name);
    if (item === undefined) return undefined;
    this.#items.delete(name);
    this.#items.set(name, item);
    return item;
  }

  /** Keeps an item in the place of the one before; undefined where there is none any more. */
  set(table: Pick<Table, "id">, key: RowKey, item: StoredItem | undefined): void {
    const name = nameOf(table, key);
    this.#delete(name);
    if (item === undefined || item.size > ITEM_BYTES_MAX) return;
    this.#items.set(name, item);
    this.#bytes += item.size;
    for (const [oldest] of this.#items) {
      if (this.#bytes <= KEPT_BYTES_MAX) break;
      this.#delete(oldest);
    }
  }

  clear(): void {
    this.#items.clear();
    this.#bytes = 0;
  }

  #delete(name: string): void {
    const item = this.#items.get(name);
    if (item === undefined) return;
    this.#items.delete(name);
    this.#bytes -= item.size;
  }
}

/** The length of the first part tells where the second begins. */
function nameOf(table: Pick<Table, "id">, { pk, sk }: RowKey): string {
  return `${table.id} ${pk.length} ${latin1(pk)}${latin1(sk)}`;
}

function latin1(bytes: Uint8Array): string {
  return bytes.length === 0 ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
