/** What the worker counts, by the names under which its metrics show it. */
export interface CounterDescription {
  readonly help: string;
  /** The one label it is told apart by, where there is any, and the values that are shown from the start. */
  readonly label?: string;
  readonly values?: readonly string[];
}

export const ORDER_ENDS = ["success", "error", "rejected", "cancelled"] as const;
export type OrderEnd = (typeof ORDER_ENDS)[number];

export const COUNTERS = {
  worker_processed_total: { help: "Messages whose step was done, and whose execution was answered." },
  worker_duplicates_total: { help: "Messages whose step had been done before." },
  worker_stale_tokens_total: { help: "Answers to executions that wait no more." },
  worker_failed_attempts_total: { help: "Attempts at a message's step that failed." },
  worker_dead_letters_total: { help: "Messages taken from a dead-letter queue." },
  worker_relay_started_total: { help: "Executions the relay has started, those of later attempts among them." },
  worker_relay_restarted_total: { help: "Executions of later attempts that the relay has started." },
  worker_relay_given_up_total: { help: "Events that the relay has given up." },
  worker_relay_failed_rounds_total: { help: "Rounds of the relay in which something failed." },
  worker_swept_total: { help: "Expired rows that were removed." },
  events_processed_total: { help: "Events whose workflow has done its work, by kind.", label: "kind" },
  events_failed_total: { help: "Events that were given up and are open for a person, by kind.", label: "kind" },
  orders_processed_total: { help: "Orders that have come to an end, by which.", label: "status", values: ORDER_ENDS },
} as const satisfies Record<string, CounterDescription>;

export type CounterName = keyof typeof COUNTERS;

export class Counters {
  readonly #values = new Map<CounterName, Map<string, number>>();

  /** @param value of the counter's label, where it has one */
  add(name: CounterName, count = 1, value = ""): void {
    const values = this.valuesOf(name);
    values.set(value, (values.get(value) ?? 0) + count);
    this.#values.set(name, values);
  }

  get(name: CounterName, value = ""): number {
    return this.valuesOf(name).get(value) ?? 0;
  }

  /** By the values of its label; by nothing where it has none. */
  valuesOf(name: CounterName): Map<string, number> {
    const { label, values = [] }: CounterDescription = COUNTERS[name];
    const initial = label === undefined ? [""] : values;
    return this.#values.get(name) ?? new Map(initial.map((value) => [value, 0]));
  }
}
