import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../json.ts";
import type { Call, Operation } from "../../service.ts";
import { epochSeconds } from "../time.ts";
import type { Alias } from "./alias-table.ts";
import { parseMachineArn, versionArnOf } from "./arns.ts";
import { conflict, invalidArn, machineDeleting, resourceNotFound } from "./errors.ts";
import { Input, validationError } from "./input.ts";
import { ARN, DESCRIPTION, type MachineParts } from "./machine-operations.ts";
import { pageOf, readPageRequest } from "./pages.ts";
import { readRoutes, resolveRoutes } from "./routing.ts";

const ALIAS_NAME = { min: 1, max: 80, pattern: String.raw`^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$` };

export function aliasOperations(parts: MachineParts): [string, Operation][] {
  const { store } = parts;
  return [
    ["CreateStateMachineAlias", (call) => createAlias(parts, call)],
    ["UpdateStateMachineAlias", (call) => updateAlias(parts, call)],
    ["DeleteStateMachineAlias", (call) => deleteAlias(parts, call)],
    ["DescribeStateMachineAlias", (call) => store.read(() => describeAlias(parts, call))],
    ["ListStateMachineAliases", (call) => store.read(() => listAliases(parts, call))],
  ];
}

function createAlias({ store, lookup }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const name = input.requiredText("name", ALIAS_NAME);
  const description = input.text("description", DESCRIPTION);
  const given = input.required("routingConfiguration", readRoutes(input));
  input.check();
  return store.write(() => {
    const { machine, routes } = resolveRoutes(lookup, given);
    if (machine.status === "DELETING") throw machineDeleting(machine.arn);
    const arn = `${machine.arn}:${name}`;
    const existing = lookup.aliases.find(arn);
    if (existing !== undefined) {
      if (!isDeepStrictEqual([existing.routes, existing.description], [routes, description])) throw aliasExists();
      return { stateMachineAliasArn: arn, creationDate: epochSeconds(existing.createdAt) };
    }
    const now = Date.now();
    lookup.aliases.insert({ arn, machineArn: machine.arn, name, description, routes, createdAt: now, updatedAt: now });
    return { stateMachineAliasArn: arn, creationDate: epochSeconds(now) };
  });
}

function aliasExists(): Error {
  return conflict("Failed to create alias because an alias with the same name and a different routing configuration already exists.");
}

function updateAlias({ store, lookup }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const arn = readAliasArn(input);
  const description = input.text("description", DESCRIPTION);
  const given = readRoutes(input);
  input.check();
  if (description === undefined && given === undefined) {
    throw validationError("Either the description or the RoutingConfiguration must be specified");
  }
  return store.write(() => {
    const alias = findAlias(lookup.aliases, arn);
    const resolved = given && resolveRoutes(lookup, given);
    if (resolved !== undefined && resolved.machine.arn !== alias.machineArn) {
      throw validationError("Routing configuration must contain versions of the state machine that the alias belongs to.");
    }
    const updatedAt = Date.now();
    const routes = resolved?.routes ?? alias.routes;
    lookup.aliases.update({ ...alias, description: description ?? alias.description, routes, updatedAt });
    return { updateDate: epochSeconds(updatedAt) };
  });
}

/** Deleting an alias that is not there is no error. */
function deleteAlias({ store, lookup }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const arn = readAliasArn(input);
  input.check();
  return store.write(() => {
    lookup.aliases.delete(arn);
    return {};
  });
}

function describeAlias({ lookup }: MachineParts, call: Call): JsonObject {
  const input = new Input(call.input);
  const arn = readAliasArn(input);
  input.check();
  const alias = findAlias(lookup.aliases, arn);
  return {
    stateMachineAliasArn: alias.arn,
    name: alias.name,
    ...(alias.description === undefined ? {} : { description: alias.description }),
    routingConfiguration: alias.routes.map(({ version, weight }) => ({
      stateMachineVersionArn: versionArnOf(alias.machineArn, version),
      weight,
    })),
    creationDate: epochSeconds(alias.createdAt),
    updateDate: epochSeconds(alias.updatedAt),
  };
}

/** The aliases of a machine, or those of them that lead to the version whose ARN is given. */
function listAliases({ lookup }: MachineParts, call: Call): JsonObject {
  const input = new Input(call.input);
  const arn = input.requiredText("stateMachineArn", ARN);
  const request = readPageRequest(input, "aliases");
  const { machine, version } = lookup.find(arn);
  const after = typeof request.after === "number" ? request.after : 0;
  const later = lookup.aliases.all(machine.arn).filter(({ id }) => id > after);
  const rows = version === undefined ? later : later.filter(({ routes }) => routes.some((route) => route.version === version.version));
  const { entries, nextToken } = pageOf(rows, request, "aliases", ({ id }) => id);
  return {
    stateMachineAliases: entries.map((alias) => ({ stateMachineAliasArn: alias.arn, creationDate: epochSeconds(alias.createdAt) })),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
}

function readAliasArn(input: Input): string {
  const arn = input.requiredText("stateMachineAliasArn", ARN);
  input.check();
  const { qualifier } = parseMachineArn(arn);
  if (qualifier === undefined || !("alias" in qualifier)) throw invalidArn(arn);
  return arn;
}

function findAlias(aliases: MachineParts["lookup"]["aliases"], arn: string): Alias {
  const alias = aliases.find(arn);
  if (alias === undefined) throw resourceNotFound();
  return alias;
}
