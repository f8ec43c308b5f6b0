import assert from "node:assert/strict";
import { makeClients } from "../../support/clients.ts";
import { EndpointProcess } from "../../support/endpoint-process.ts";
import { createGround } from "../../support/flow.ts";
import { Ledger } from "./ledger.ts";
import { Load } from "./load.ts";
import { chaosSeed, seededRandom } from "./random.ts";
import { verify } from "./verify.ts";

export interface Trouble {
  readonly endpoint: EndpointProcess;
  readonly ledger: Ledger;
  readonly random: () => number;
}

/** How long what was begun may take to come to its end once the trouble is over; visibility timeouts are 5 s. */
const FINISH_MS_MAX = 60_000;

/** Brings trouble to an endpoint under load, lets the load finish, and holds what is there against what was acknowledged. */
export async function underTrouble(
  title: string,
  trouble: (at: Trouble) => Promise<void>,
  options: { directory?: string; requestTimeoutMs?: number } = {},
): Promise<Ledger> {
  const seed = chaosSeed();
  const ledger = new Ledger();
  const endpoint = await EndpointProcess.start(options.directory);
  const clients = makeClients(endpoint.url, { requestTimeoutMs: options.requestTimeoutMs ?? 5_000 });
  let load: Load | undefined;
  try {
    const ground = await createGround(clients, "chaos", 5);
    load = new Load(ground, ledger);
    await trouble({ endpoint, ledger, random: seededRandom(seed) });
    await load.finish(FINISH_MS_MAX);
    await verify(ground, ledger);
  } finally {
    load?.abandon();
    console.log(`    ${ledger.report(`${title}, seed ${seed}`)}`);
    if (!endpoint.isRunning()) console.error(`The endpoint is gone. Its last words:\n${endpoint.lastWords()}`);
    clients.destroy();
    await endpoint.stop();
  }
  assert.deepEqual(ledger.complaints(), []);
  assert.ok(ledger.changes.size > 0, "The load made no change.");
  return ledger;
}
