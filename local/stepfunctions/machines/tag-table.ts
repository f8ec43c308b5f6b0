import type { Store } from "../../store.ts";

export interface Tag {
  key: string;
  value: string;
}

/** The rows of machines' tags; each keeps its place when its value changes. */
export class TagTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  list(machineArn: string): Tag[] {
    const rows = this.#store.sql("SELECT name, value FROM sfn_machine_tags WHERE machine_arn = ? ORDER BY id").all(machineArn) as {
      name: string;
      value: string;
    }[];
    return rows.map(({ name, value }) => ({ key: name, value }));
  }

  add(machineArn: string, tags: readonly Tag[]): void {
    const statement = this.#store.sql(
      "INSERT INTO sfn_machine_tags (machine_arn, name, value) VALUES (?, ?, ?) ON CONFLICT (machine_arn, name) DO UPDATE SET value = excluded.value",
    );
    for (const { key, value } of tags) statement.run(machineArn, key, value);
  }

  remove(machineArn: string, keys: readonly string[]): void {
    const statement = this.#store.sql("DELETE FROM sfn_machine_tags WHERE machine_arn = ? AND name = ?");
    for (const key of keys) statement.run(machineArn, key);
  }
}
