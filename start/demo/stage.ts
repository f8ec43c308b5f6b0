/** What a demo stands on: a running system, started for it where there is none, and a way to show each step and its answer. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Clients, makeClients, WORKER_LIMITS } from "../../config/clients.ts";
import { ConfigError } from "../../config/environment.ts";
import type { Outputs } from "../../config/outputs.ts";
import { readSecrets } from "../../config/secrets.ts";
import type { Settings } from "../../config/settings.ts";
import { type RunningSystem, readRunFile } from "../run-file.ts";

const START_MS_MAX = 90_000;
const WAIT_MS_MAX = 60_000;
const LOOK_MS = 50;

export interface Stage {
  readonly system: RunningSystem;
  readonly clients: Clients;
  readonly outputs: Outputs;
  readonly adminToken: string;
  /** Sends a call, shows it as the curl command it is, and its answer. */
  call(method: string, url: string, options?: CallOptions): Promise<Record<string, unknown>>;
}

export interface CallOptions {
  readonly body?: object;
  readonly admin?: boolean;
  /** The token of a user, which the administrator's takes the place of. */
  readonly token?: string;
}

export async function setStage(settings: Settings, outputs: Outputs, system: RunningSystem): Promise<Stage> {
  const [adminToken] = readSecrets(settings).adminTokens;
  return {
    system,
    outputs,
    adminToken,
    clients: makeClients(settings, WORKER_LIMITS),
    call: async (method, url, { body, admin = false, token } = {}) => {
      const [bearer, shown] = admin ? [adminToken, "<ADMIN_TOKEN>"] : [token, "<TOKEN>"];
      const flags = [method === "GET" ? "" : `-X ${method} `, bearer === undefined ? "" : `-H 'Authorization: Bearer ${shown}' `].join("");
      show(`curl -s ${flags}'${url}'${body === undefined ? "" : ` -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`}`);
      const headers = { ...(body && { "content-type": "application/json" }), ...(bearer && { authorization: `Bearer ${bearer}` }) };
      const response = await fetch(url, { method, headers, body: JSON.stringify(body) ?? null, signal: AbortSignal.timeout(10_000) });
      const text = await response.text();
      const answer: unknown = text.startsWith("{") ? JSON.parse(text) : { text };
      print(text.startsWith("{") ? answer : text);
      if (!response.ok) throw new ConfigError(`The demo stops: the answer was ${response.status}.`);
      return typeof answer === "object" && answer !== null ? { ...answer } : {};
    },
  };
}

/** The system that runs, or one started for the demo; `end` stops the latter. */
export async function findSystem(directory: string): Promise<{ system: RunningSystem; end: () => Promise<void> }> {
  const running = readRunFile(directory);
  if (running !== undefined) return { system: running, end: async () => {} };
  tell("Nothing is running yet, so the demo starts it all and stops it at the end.");
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "main.ts")], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const end = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const deadline = performance.now() + START_MS_MAX;
  while (performance.now() < deadline && child.exitCode === null) {
    const system = readRunFile(directory);
    if (system !== undefined) return { system, end };
    await sleep(LOOK_MS);
  }
  await end();
  throw new ConfigError("The system did not start; see above.");
}

/** Looks again and again until there is something to see. */
export async function until<Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> {
  const deadline = performance.now() + WAIT_MS_MAX;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(LOOK_MS);
  }
  throw new ConfigError(`The demo waited a minute in vain: ${what}.`);
}

export function tell(sentence: string): void {
  console.log(`\n# ${sentence}`);
}

export function show(command: string): void {
  console.log(`$ ${command}`);
}

export function print(answer: unknown): void {
  console.log(typeof answer === "string" ? answer : JSON.stringify(answer, null, 2));
}

export function textAt(answer: Record<string, unknown>, name: string): string {
  const value = answer[name];
  if (typeof value !== "string") throw new ConfigError(`The demo stops: the answer has no ${name}.`);
  return value;
}
