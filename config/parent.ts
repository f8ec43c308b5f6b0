/**
 * A process that `npm start` looks after: it says when it is ready, and stops when whoever looked after it is gone, so
 * that a killed start leaves nothing running behind it. Started by hand, a process has no such parent and neither happens.
 */

const READY = "ready";

export function tellReady(): void {
  process.send?.(READY);
}

export function isReadyMessage(message: unknown): boolean {
  return message === READY;
}

export function onParentGone(stop: () => void): void {
  if (process.connected) process.once("disconnect", stop);
}
