/**
 * Whoever stops a benchmark (Ctrl-C, a time limit) makes its next call fail, so that it unwinds as after any failure: what
 * it started is ended, and its directories are removed. A second signal does not wait for that.
 */
const interruption = new AbortController();

export const interrupted = interruption.signal;

export function interruptOnSignal(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (interrupted.aborted) process.exit(1);
      interruption.abort(new Error("The benchmark was interrupted."));
    });
  }
}
