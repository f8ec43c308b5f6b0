import type { Store } from "../store.ts";
import type { Bound, Range } from "./key-conditions.ts";
import type { RowKey } from "./keys.ts";
import type { Index, Table } from "./table.ts";

/** Which rows to walk over, and in which order. */
export interface Walk {
  readonly table: Table;
  readonly index: Index | undefined;
  /** The one partition of a query; a scan walks over all. */
  readonly pk?: Uint8Array;
  readonly range: Range;
  readonly forward: boolean;
  /** Where the page before ended. */
  readonly after?: Position;
}

/** A place in a table or an index, known by the keys of the item there; the item itself may be gone. */
export interface Position {
  readonly key: RowKey;
  readonly tableKey: RowKey;
}

/** A row of an item, still unparsed. */
export interface WalkedRow {
  readonly pk: Uint8Array;
  readonly size: number;
  readonly item: string;
}

type Parameter = number | Uint8Array;

/** Reads rows in the order of their keys, as many as are asked for: each walk is a range of one SQL index. */
export function* walk(store: Store, path: Walk): Generator<WalkedRow> {
  const { text, parameters } = path.index === undefined ? tableQuery(path) : indexQuery(path, path.index);
  for (const row of store.sql(text).iterate(...parameters)) {
    const { pk, size, item } = row;
    if (pk instanceof Uint8Array) yield { pk, size: Number(size), item: String(item) };
  }
}

interface SqlQuery {
  readonly text: string;
  readonly parameters: Parameter[];
}

function tableQuery({ table, pk, range, forward, after }: Walk): SqlQuery {
  const query = new QueryText("table_id = ?", table.id);
  if (pk === undefined) query.beyond(["pk", "sk"], after === undefined ? undefined : [after.key.pk, after.key.sk], forward);
  else {
    query.and("pk = ?", pk);
    query.within("sk", range, ["sk"], after === undefined ? undefined : [after.key.sk], forward);
  }
  const order = forward ? "pk, sk" : "pk DESC, sk DESC";
  return query.finish("SELECT pk, size, item FROM ddb_items", order);
}

function indexQuery({ pk, range, forward, after }: Walk, index: Index): SqlQuery {
  const query = new QueryText("e.index_id = ?", index.id);
  const table = after === undefined ? [] : [after.tableKey.pk, after.tableKey.sk];
  if (pk === undefined) {
    const columns = ["e.pk", "e.sk", "e.table_pk", "e.table_sk"];
    query.beyond(columns, after === undefined ? undefined : [after.key.pk, after.key.sk, ...table], forward);
  } else {
    query.and("e.pk = ?", pk);
    const columns = ["e.sk", "e.table_pk", "e.table_sk"];
    query.within("e.sk", range, columns, after === undefined ? undefined : [after.key.sk, ...table], forward);
  }
  const direction = forward ? "" : " DESC";
  const order = ["e.pk", "e.sk", "e.table_pk", "e.table_sk"].map((column) => column + direction).join(", ");
  const from = "SELECT e.pk AS pk, i.size AS size, i.item AS item FROM ddb_entries e CROSS JOIN ddb_items i ON i.id = e.item_id";
  return query.finish(from, order);
}

class QueryText {
  readonly #conditions: string[];
  readonly #parameters: Parameter[];

  constructor(condition: string, parameter: Parameter) {
    this.#conditions = [condition];
    this.#parameters = [parameter];
  }

  and(condition: string, ...parameters: Parameter[]): void {
    this.#conditions.push(condition);
    this.#parameters.push(...parameters);
  }

  /** Only rows after the last page's end, in the direction of the walk. */
  beyond(columns: readonly string[], end: readonly Parameter[] | undefined, forward: boolean): void {
    if (end === undefined) return;
    const places = columns.map(() => "?").join(", ");
    this.and(`(${columns.join(", ")}) ${forward ? ">" : "<"} (${places})`, ...end);
  }

  /** Only rows of the range; the last page's end takes the place of the bound that it lies beyond. */
  within(column: string, { low, high }: Range, columns: readonly string[], end: readonly Parameter[] | undefined, forward: boolean): void {
    this.beyond(columns, end, forward);
    if (end === undefined || !forward) this.#bound(column, ">", low);
    if (end === undefined || forward) this.#bound(column, "<", high);
  }

  #bound(column: string, sign: string, bound: Bound | undefined): void {
    if (bound !== undefined) this.and(`${column} ${sign}${bound.inclusive ? "=" : ""} ?`, bound.key);
  }

  finish(from: string, order: string): SqlQuery {
    return { text: `${from} WHERE ${this.#conditions.join(" AND ")} ORDER BY ${order}`, parameters: this.#parameters };
  }
}
