/** What did not answer in time is shown as not known: the rest is there all the same. */
export const READ_MS_MAX = 3_000;

export async function known<Value>(read: Promise<Value>): Promise<Value | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, READ_MS_MAX, undefined).unref());
  return Promise.race([read.catch(() => undefined), late]);
}
