/** Whether anything listens where the calls would go: found out at once, and said in one sentence, instead of by each call's failure. */
import { connect } from "node:net";
import type { Settings } from "../../config/settings.ts";
import { ApplyError } from "./resource-type.ts";

const CONNECT_MS_MAX = 3_000;

export async function assertReachable({ endpoints }: Pick<Settings, "endpoints">): Promise<void> {
  const addresses = new Set(Object.values(endpoints).filter((address: string | undefined) => address !== undefined));
  for (const address of addresses) if (!(await isListening(new URL(address)))) throw new ApplyError(nothingAt(address));
}

function nothingAt(address: string): string {
  return `Nothing listens at ${address}: start Milepost's own endpoint there with "npm start" or "npm run local", or start LocalStack and name its address in AWS_ENDPOINT_URL.`;
}

function isListening({ hostname, port, protocol }: URL): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const number = Number(port || (protocol === "https:" ? 443 : 80));
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: number, timeout: CONNECT_MS_MAX });
  socket.once("connect", () => resolve(true));
  socket.once("timeout", () => resolve(false));
  socket.once("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
