import type { JsonObject } from "../json.ts";
import type { Store } from "../store.ts";
import { consumedCapacity, isCapacityWanted, noneConsumed, projected, readUnits } from "./capacity.ts";
import { type Walk, type WalkedRow, walk } from "./cursor.ts";
import type { Condition } from "./expressions/condition.ts";
import { matches } from "./expressions/matches.ts";
import { project } from "./expressions/paths.ts";
import { keyOf } from "./keys.ts";
import type { Selection } from "./selection.ts";
import { itemSize } from "./size.ts";
import { parseStored } from "./stored-item.ts";
import type { Item } from "./value.ts";

const PAGE_BYTES_MAX = 1024 * 1024;

export interface PageRequest {
  readonly input: JsonObject;
  readonly walk: Walk;
  readonly selection: Selection;
  readonly filter: Condition | undefined;
  /** Whether a partition belongs to the segment that is scanned. */
  readonly covers?: (pk: Uint8Array) => boolean;
}

/** One page of a query or scan: it ends at the caller's limit or at one megabyte of items, whether they pass the filter or not. */
export function readPage(store: Store, request: PageRequest): JsonObject {
  const page = new Page(request);
  for (const row of walk(store, request.walk)) {
    if (request.covers?.(row.pk) === false) continue;
    if (!page.add(row)) break;
  }
  return page.answer();
}

class Page {
  readonly #request: PageRequest;
  readonly #limit: number;
  readonly #items: Item[] = [];
  #count = 0;
  #scanned = 0;
  #bytes = 0;
  #last: string | undefined;
  #complete = true;

  constructor(request: PageRequest) {
    this.#request = request;
    this.#limit = typeof request.input.Limit === "number" ? request.input.Limit : Number.POSITIVE_INFINITY;
  }

  /** Whether there is room for more after this row. */
  add(row: WalkedRow): boolean {
    const { selection, filter } = this.#request;
    // Only what an index shows of an item counts, and a filter wants the item too; else it need not even be parsed.
    const lazy = selection.names === undefined && filter === undefined;
    const shown = lazy ? undefined : projected(parseStored(row.item), selection.names);
    const size = shown === undefined || selection.names === undefined ? row.size : itemSize(shown);
    if (this.#scanned > 0 && this.#bytes + size > PAGE_BYTES_MAX) {
      this.#complete = false;
      return false;
    }
    this.#scanned++;
    this.#bytes += size;
    this.#last = row.item;
    if (filter === undefined || matches(filter, shown ?? {})) {
      this.#count++;
      if (!selection.countOnly) this.#items.push(select(shown ?? parseStored(row.item), selection));
    }
    if (this.#scanned === this.#limit) this.#complete = false;
    return this.#complete;
  }

  answer(): JsonObject {
    const answer: JsonObject = { Count: this.#count, ScannedCount: this.#scanned };
    if (!this.#request.selection.countOnly) answer.Items = this.#items;
    if (!this.#complete && this.#last !== undefined) {
      answer.LastEvaluatedKey = positionKey(this.#request.walk, parseStored(this.#last));
    }
    addCapacity(answer, this.#request, this.#bytes);
    return answer;
  }
}

function select(item: Item, { paths }: Selection): Item {
  return paths === undefined ? item : project(item, paths);
}

function positionKey({ table, index }: Walk, item: Item): Item {
  return keyOf(index === undefined ? [table.key] : [table.key, index.key], item);
}

function addCapacity(answer: JsonObject, { input, walk: { table, index } }: PageRequest, bytes: number): void {
  if (!isCapacityWanted(input)) return;
  const units = readUnits(bytes, input.ConsistentRead === true);
  const consumed = noneConsumed();
  if (index === undefined) consumed.table = units;
  else consumed.indexes.set(index.name, units);
  answer.ConsumedCapacity = consumedCapacity(input, table, consumed);
}
