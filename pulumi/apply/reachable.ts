/** Whether anything listens where the calls would go: found out at once, and said in one sentence, instead of by each call's failure. */
import { isListening } from "../../config/listening.ts";
import type { Settings } from "../../config/settings.ts";
import { ApplyError } from "./resource-type.ts";

const CONNECT_MS_MAX = 3_000;

export async function assertReachable({ endpoints }: Pick<Settings, "endpoints">): Promise<void> {
  const addresses = new Set(Object.values(endpoints).filter((address: string | undefined) => address !== undefined));
  for (const address of addresses) if (!(await isListening(new URL(address), CONNECT_MS_MAX))) throw new ApplyError(nothingAt(address));
}

function nothingAt(address: string): string {
  return `Nothing listens at ${address}: start Milepost's own endpoint there with "npm start" or "npm run local", or start LocalStack and name its address in AWS_ENDPOINT_URL.`;
}
