import type { JsonObject } from "../json.ts";
import { addWrite, type Consumed, consumedCapacity, isCapacityWanted, noneConsumed, readUnits, type UnitKind } from "./capacity.ts";
import type { StoredItem } from "./stored-item.ts";
import type { Table } from "./table.ts";
import type { Item } from "./value.ts";

/** In a transaction every item costs twice as much. */
const TIMES = 2;

/** What a transaction used, table by table. */
export class TransactionCapacity {
  readonly #input: JsonObject;
  readonly #kind: UnitKind;
  readonly #tables = new Map<Table, Consumed>();

  constructor(input: JsonObject, kind: UnitKind) {
    this.#input = input;
    this.#kind = kind;
  }

  addRead(table: Table, stored: StoredItem | undefined): void {
    this.#add(table, (consumed) => {
      consumed.table += TIMES * readUnits(stored?.size ?? 0, true);
    });
  }

  addWrite(table: Table, from: Item | undefined, to: Item | undefined): void {
    this.#add(table, (consumed) => addWrite(consumed, table, from, to, TIMES));
  }

  #add(table: Table, count: (consumed: Consumed) => void): void {
    if (!isCapacityWanted(this.#input)) return;
    const consumed = this.#tables.get(table) ?? noneConsumed();
    this.#tables.set(table, consumed);
    count(consumed);
  }

  answer(): JsonObject {
    if (!isCapacityWanted(this.#input)) return {};
    return { ConsumedCapacity: [...this.#tables].map(([table, consumed]) => consumedCapacity(this.#input, table, consumed, this.#kind)) };
  }
}
