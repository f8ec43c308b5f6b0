import type { JsonObject } from "../json.ts";
import type { Store } from "../store.ts";
import { consumedCapacity, noneConsumed, projected, readUnits } from "./capacity.ts";
import { type Walk, walk } from "./cursor.ts";
import type { Condition } from "./expressions/condition.ts";
import { matches } from "./expressions/matches.ts";
import { project } from "./expressions/paths.ts";
import { parseStored } from "./items.ts";
import { keyOf } from "./keys.ts";
import type { Selection } from "./selection.ts";
import { itemSize } from "./size.ts";
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
  const { input, selection, filter } = request;
  const limit = typeof input.Limit === "number" ? input.Limit : Number.POSITIVE_INFINITY;
  const items: Item[] = [];
  let count = 0;
  let scanned = 0;
  let bytes = 0;
  let last: string | undefined;
  let complete = true;
  for (const row of walk(store, request.walk)) {
    if (request.covers?.(row.pk) === false) continue;
    // Only what an index shows of an item counts, which takes looking into the item; a filter has to do that anyway.
    const shown = selection.names === undefined && filter === undefined ? undefined : projected(parseStored(row.item), selection.names);
    const size = selection.names === undefined || shown === undefined ? row.size : itemSize(shown);
    if (scanned > 0 && bytes + size > PAGE_BYTES_MAX) {
      complete = false;
      break;
    }
    scanned++;
    bytes += size;
    last = row.item;
    if (filter === undefined || matches(filter, shown ?? {})) {
      count++;
      if (!selection.countOnly) items.push(select(shown ?? parseStored(row.item), selection));
    }
    if (scanned === limit) {
      complete = false;
      break;
    }
  }
  const answer: JsonObject = { Count: count, ScannedCount: scanned };
  if (!selection.countOnly) answer.Items = items;
  if (!complete && last !== undefined) answer.LastEvaluatedKey = positionKey(request.walk, parseStored(last));
  addCapacity(answer, request, bytes);
  return answer;
}

function select(item: Item, { paths }: Selection): Item {
  return paths === undefined ? item : project(item, paths);
}

function positionKey({ table, index }: Walk, item: Item): Item {
  return keyOf(index === undefined ? [table.key] : [table.key, index.key], item);
}

function addCapacity(answer: JsonObject, { input, walk: { table, index } }: PageRequest, bytes: number): void {
  const units = readUnits(bytes, input.ConsistentRead === true);
  const consumed = noneConsumed();
  if (index === undefined) consumed.table = units;
  else consumed.indexes.set(index.name, units);
  const capacity = consumedCapacity(input, table, consumed);
  if (capacity !== undefined) answer.ConsumedCapacity = capacity;
}
