/** The name of a queue, which is the end of its address. */
export function queueName(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
