/** `npm run demo`: plays the life of a record against the running system, and shows each call and its answer. */
import { ConfigError, readEnvironment } from "../../config/environment.ts";
import { readSettings } from "../../config/settings.ts";
import { findStack } from "../stack.ts";
import { playOrders } from "./orders.ts";
import { playProducts } from "./products.ts";
import { playRequests } from "./requests.ts";
import { findSystem, type Stage, setStage } from "./stage.ts";
import { playTasks } from "./tasks.ts";

const PLAYS: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  requests: playRequests,
  products: playProducts,
  orders: playOrders,
  tasks: playTasks,
};

async function main(): Promise<void> {
  const [kind = "requests"] = process.argv.slice(2);
  const play = PLAYS[kind];
  if (play === undefined) throw new ConfigError(`There is a demo of ${Object.keys(PLAYS).join(", ")}, none of ${JSON.stringify(kind)}.`);
  const environment = readEnvironment();
  const settings = readSettings(environment);
  const { system, end } = await findSystem(settings.directory);
  try {
    const stage = await setStage(settings, await findStack(settings, environment), system);
    await play(stage);
    stage.clients.destroy();
  } finally {
    await end();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
