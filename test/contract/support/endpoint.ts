import { randomBytes } from "node:crypto";
import { type Clients, makeClients } from "../../support/clients.ts";
import { EndpointProcess, endpointVariables } from "../../support/endpoint-process.ts";
import { createExecutionRole } from "../../support/role.ts";

export { eventually } from "../../support/eventually.ts";

/**
 * The endpoint the contract tests speak to: the one AWS_ENDPOINT_URL names, else an embedded one of the suite's own, on a
 * free port and a temporary directory. Importing this file is enough: it puts its hooks around the whole run.
 */
export type EndpointKind = "milepost" | "localstack" | "other";

let own: EndpointProcess | undefined;
let url: string | undefined;
let kind: EndpointKind = "other";
let clients: Clients | undefined;

before("an endpoint to test against", async function () {
  this.timeout(90_000);
  const given = process.env.AWS_ENDPOINT_URL;
  if (given === undefined || given === "") own = await EndpointProcess.start();
  url = own?.url ?? given;
  kind = await recognise(endpointUrl());
});

after("the end of the endpoint", async function () {
  this.timeout(30_000);
  clients?.destroy();
  const died = own !== undefined && !own.isRunning();
  if (died) console.error(`The endpoint died under the tests. Its last words:\n${own?.lastWords()}`);
  await own?.stop();
  if (died) throw new Error("The endpoint died under the tests.");
});

export function endpointUrl(): string {
  if (url === undefined) throw new Error("The endpoint is there from the first hook on, not while test files are loaded.");
  return url;
}

/** The endpoint as the environment of a process of Milepost's has it. */
export function endpointEnvironment(): Record<string, string> {
  return endpointVariables(endpointUrl(), own !== undefined);
}

export function endpointKind(): EndpointKind {
  return kind;
}

/** The suite's shared clients; a test that needs its own (to abort or destroy it) makes it with makeClients. */
export function aws(): Clients {
  clients ??= makeClients(endpointUrl());
  return clients;
}

/** A name no other test, and no earlier run against the same endpoint, has used. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}`;
}

let role: Promise<string> | undefined;

/** The ARN of a role that Step Functions may assume, made once a run. */
export function executionRole(): Promise<string> {
  role ??= createExecutionRole(aws(), uniqueName("states"));
  return role;
}

async function recognise(address: string): Promise<EndpointKind> {
  if ((await health(`${address}/_milepost/health`)) !== undefined) return "milepost";
  // Others answer that path too; what is known about LocalStack was seen in this version.
  return (await health(`${address}/_localstack/health`))?.includes('"version": "4.14.0"') === true ? "localstack" : "other";
}

/** What a health page says; undefined where there is no such page. */
async function health(address: string): Promise<string | undefined> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(10_000) }).catch((cause: unknown) => {
    throw new Error(`Nothing answers at ${address}: start the endpoint AWS_ENDPOINT_URL names, or unset it.`, { cause });
  });
  const text = await answer.text();
  return answer.ok ? text : undefined;
}
