/**
 * Cuts off what runs too long. The clock goes on while the process is held or gets no processor, though, and then it is not
 * the work that is too long: so where little was computed until it was cut off, it is run again. Only for what changes nothing.
 */

/** AWS gives an expression one second. */
export const TIME_LIMIT_MS = 1_000;

/** Whoever has had half of the time to compute has had a fair chance. */
const FAIR_MS = TIME_LIMIT_MS / 2;
const TRIES_MAX = 3;

/** Does `run`, which is to cut itself off after TIME_LIMIT_MS by the vm module's `timeout`. */
export function withinTime<Result>(run: () => Result): Result {
  for (let tries = 1; ; tries++) {
    const before = computedMs();
    try {
      return run();
    } catch (error) {
      if (!isTimeout(error) || tries === TRIES_MAX || computedMs() - before >= FAIR_MS) throw error;
    }
  }
}

export function isTimeout(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

function computedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
