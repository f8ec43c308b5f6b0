/** What the worker counts, by the names under which its metrics show it. */
export const COUNTERS = [
  /** Messages whose step was done, and whose execution was answered. */
  "worker_processed_total",
  /** Messages whose step had been done before. */
  "worker_duplicates_total",
  /** Answers to executions that wait no more. */
  "worker_stale_tokens_total",
  "worker_failed_attempts_total",
  "worker_dead_letters_total",
  /** Executions the relay has started, those of later attempts among them. */
  "worker_relay_started_total",
  "worker_relay_restarted_total",
  "worker_relay_given_up_total",
  "worker_relay_failed_rounds_total",
  /** Expired rows that were removed. */
  "worker_swept_total",
] as const;

export type CounterName = (typeof COUNTERS)[number];

export class Counters {
  readonly #values = new Map<CounterName, number>(COUNTERS.map((name) => [name, 0]));

  add(name: CounterName, count = 1): void {
    this.#values.set(name, this.get(name) + count);
  }

  get(name: CounterName): number {
    return this.#values.get(name) ?? 0;
  }

  all(): ReadonlyMap<CounterName, number> {
    return this.#values;
  }
}
