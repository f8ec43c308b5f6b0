import type { Route } from "./alias-table.ts";
import { parseMachineArn } from "./arns.ts";
import { resourceNotFound } from "./errors.ts";
import { type Input, validationError } from "./input.ts";
import type { Lookup } from "./lookup.ts";
import type { Machine } from "./machine-table.ts";

const ROUTES_MAX = 2;

/** An alias's route as a call gives it. */
export interface GivenRoute {
  arn: string;
  weight: number;
}

export function readRoutes(input: Input): GivenRoute[] | undefined {
  const routes = input.objects("routingConfiguration")?.map((entry) => ({
    arn: entry.requiredText("stateMachineVersionArn", { min: 1, max: 256 }),
    weight: entry.requiredInteger("weight", 0, 100),
  }));
  if (routes === undefined) return undefined;
  const printed = routes.map(({ arn, weight }) => `RoutingConfigurationListItem(stateMachineVersionArn=${arn}, weight=${weight})`);
  const value = `'[${printed.join(", ")}]'`;
  if (routes.length === 0) input.broken("routingConfiguration", value, "have length greater than or equal to 1");
  if (routes.length > ROUTES_MAX) input.broken("routingConfiguration", value, `have length less than or equal to ${ROUTES_MAX}`);
  return routes;
}

/** Checks that routes lead to existing versions of one machine and share out all executions. */
export function resolveRoutes(lookup: Lookup, given: readonly GivenRoute[]): { machine: Machine; routes: Route[] } {
  const received = `Received: [${given.map(({ arn }) => arn).join(", ")}]`;
  if (new Set(given.map(({ arn }) => arn)).size < given.length) {
    throw validationError(`Routing configuration must contain distinct state machine version ARNs. ${received}`);
  }
  const weights = given.map(({ weight }) => weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) {
    throw validationError(`Sum of routing configuration weights must equal 100. Received: [${weights.join(", ")}]`);
  }
  const resolved = given.map(({ arn, weight }) => {
    const { machineArn, qualifier } = parseMachineArn(arn);
    if (qualifier === undefined || !("version" in qualifier)) {
      throw validationError(`Routing configuration must contain state machine version ARNs. ${received}`);
    }
    return { machineArn, version: qualifier.version, weight };
  });
  const [first] = resolved;
  if (resolved.some(({ machineArn }) => machineArn !== first?.machineArn)) {
    throw validationError(`Routing configuration must contain versions of one state machine. ${received}`);
  }
  return { machine: existing(lookup, resolved), routes: resolved.map(({ version, weight }) => ({ version, weight })) };
}

function existing({ machines, versions }: Lookup, routes: readonly { machineArn: string; version: number }[]): Machine {
  const machine = machines.find(routes[0]?.machineArn ?? "");
  if (machine === undefined || routes.some(({ version }) => versions.find(machine.arn, version) === undefined)) throw resourceNotFound();
  return machine;
}
