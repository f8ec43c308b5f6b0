import type { Item } from "./value.ts";

/** An item to be stored, with its size. */
export interface Sized {
  readonly item: Item;
  readonly size: number;
}

/** An item as it is in its table. Nobody changes it: an update makes another. Its text is parsed when somebody looks into it. */
export class StoredItem {
  readonly id: number;
  readonly size: number;
  #content: string | Item;

  /** @param content the item, or the text of its row */
  constructor(id: number, size: number, content: string | Item) {
    this.id = id;
    this.size = size;
    this.#content = content;
  }

  get item(): Item {
    if (typeof this.#content === "string") this.#content = parseStored(this.#content);
    return this.#content;
  }
}

export function parseStored(text: string): Item {
  return JSON.parse(text);
}
