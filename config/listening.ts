import { connect } from "node:net";

/** Whether anything listens at an address, found out within a limit and without asking it anything. */
export function isListening({ hostname, port, protocol }: URL, msMax: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const number = Number(port || (protocol === "https:" ? 443 : 80));
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: number, timeout: msMax });
  socket.once("connect", () => resolve(true));
  socket.once("timeout", () => resolve(false));
  socket.once("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
