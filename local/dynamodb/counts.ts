import type { Store } from "../store.ts";
import type { Index, Table } from "./table.ts";

export interface Count {
  readonly items: number;
  readonly bytes: number;
}

/** What a table holds, and each of its indexes. */
export interface Counts {
  readonly table: Count;
  of(index: Index): Count;
}

interface Known extends Count {
  readonly until: number;
}

/** So many items are counted one by one, whenever somebody asks. */
const COUNTED_MAX = 5_000;

/** The bytes of more items are told from about so many of them. */
const SAMPLE = 2_000;

/** A count of more items is told again for so many times as long as it took: so at most a hundredth of the time is spent on it. */
const TOLD_FOR = 100;

/** Looks for one more than are counted: a table that has it has more. */
const FEW_ITEMS = `SELECT count(*) AS items, total(size) AS bytes
  FROM (SELECT size FROM ddb_items WHERE table_id = ? LIMIT ${COUNTED_MAX + 1})`;

const FEW_ENTRIES = `SELECT count(*) AS items FROM (SELECT 1 FROM ddb_entries WHERE index_id = ? LIMIT ${COUNTED_MAX + 1})`;

/** Scatters the items' numbers over 32 bits, so that a sample has its share of whatever was put in turn with something else. */
const SAMPLE_OF_ITEMS = "SELECT avg(size) AS bytes FROM ddb_items WHERE table_id = ? AND (id * 2654435761 & 4294967295) < ?";

/**
 * What a table or an index holds. It is counted when somebody asks: counters that every write keeps would cost each of them a
 * statement or two and a page, for figures that DynamoDB itself brings up to date only every six hours.
 */
export class Counter {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #known = new Map<number, Known>();

  constructor(store: Store, now: () => number = () => performance.now()) {
    this.#store = store;
    this.#now = now;
  }

  of(table: Table): Counts {
    return { table: this.#ofTable(table.id), of: (index) => this.#ofIndex(index.id) };
  }

  #ofTable(id: number): Count {
    const few = this.#query(FEW_ITEMS, id);
    return few.items <= COUNTED_MAX ? few : this.#toldAgain(id, () => this.#ofManyItems(id));
  }

  /** Entries hold no copies of items, so an index has no bytes of its own. */
  #ofIndex(id: number): Count {
    const few = this.#query(FEW_ENTRIES, id);
    if (few.items <= COUNTED_MAX) return few;
    return this.#toldAgain(id, () => this.#query("SELECT count(*) AS items FROM ddb_entries WHERE index_id = ?", id));
  }

  /** Counting goes through the index of the keys alone; the rows, which take most of the file, are read only for the sample. */
  #ofManyItems(id: number): Count {
    const { items } = this.#query("SELECT count(*) AS items FROM ddb_items WHERE table_id = ?", id);
    const row = this.#store.sql(SAMPLE_OF_ITEMS).get(id, Math.round((2 ** 32 * SAMPLE) / items));
    return { items, bytes: Math.round(items * Number(row?.bytes ?? 0)) };
  }

  #toldAgain(id: number, count: () => Count): Count {
    const began = this.#now();
    const known = this.#known.get(id);
    if (known !== undefined && began < known.until) return known;
    const counted = count();
    const ended = this.#now();
    this.#known.set(id, { ...counted, until: ended + TOLD_FOR * (ended - began) });
    return counted;
  }

  #query(text: string, id: number): Count {
    const row = this.#store.sql(text).get(id);
    return { items: Number(row?.items ?? 0), bytes: Number(row?.bytes ?? 0) };
  }
}
