/**
 * Milepost's infrastructure, all of it. A stack is on this machine or on AWS (target.ts); both get the same tables, queues
 * and workflows, and AWS gets the roles and alarms that only it honours.
 *
 * A new kind of record is a file beside requests.ts and a line below. The outputs are config/outputs.ts's, no more, no less.
 */
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { type Environment, readEnvironment } from "../config/environment.ts";
import type { KindName } from "../config/kinds.ts";
import type { Outputs } from "../config/outputs.ts";
import { makeAccess } from "./access.ts";
import { makeAlarms } from "./alarms.ts";
import type { KindResources } from "./kind.ts";
import { makeOrders } from "./orders.ts";
import { makeProducts } from "./products.ts";
import { makeRequests } from "./requests.ts";
import { makeService } from "./service.ts";
import { makeTarget } from "./target.ts";
import { makeTasks } from "./tasks.ts";

/** The Pulumi CLI runs the program in its own folder, and the file is the project's. */
const ENV_FILE = join(import.meta.dirname, "..", ".env");

type StackOutputs = Readonly<Record<keyof Outputs, pulumi.Output<string>>>;

export default function milepost(environment: Environment = readEnvironment(ENV_FILE)): StackOutputs {
  const target = makeTarget(environment);
  const service = makeService(target);
  const kinds = {
    requests: makeRequests(target),
    products: makeProducts(target),
    orders: makeOrders(target),
    tasks: makeTasks(target),
  } satisfies Record<KindName, KindResources>;
  if (target.isAws) {
    makeAccess(target, [service, ...Object.values(kinds)]);
    makeAlarms(target, [service, ...Object.values(kinds)]);
  }
  const outputs = {
    ...service.outputs,
    ...kinds.requests.outputs,
    ...kinds.products.outputs,
    ...kinds.orders.outputs,
    ...kinds.tasks.outputs,
  } satisfies StackOutputs;
  return outputs;
}
