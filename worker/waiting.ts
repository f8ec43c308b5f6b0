/** Waits that end: a pause that a signal cuts short, and a wait for something that may never come. */

/** Resolves after the time, or as soon as the signal says so. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

/** Resolves when it is done, or when the time is over: which of them is told. */
export async function within(ms: number, done: Promise<unknown>): Promise<"done" | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), ms);
  });
  try {
    return await Promise.race([done.then(() => "done" as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
