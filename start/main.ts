/**
 * `npm start`: the whole of Milepost on this machine. It brings up its own AWS endpoint (unless another is named), sees that
 * the resources are there, and runs API and worker, each a process that may die alone and is started again.
 *
 * It ends in the order that loses nothing: first the API takes no more, then the worker finishes what it has, then the
 * endpoint closes its file. A second Ctrl-C does not wait for that: the processes then end by themselves, and nothing
 * acknowledged is lost either.
 */
import { makeDirectory } from "../config/directory.ts";
import { ConfigError, type Environment, readEnvironment } from "../config/environment.ts";
import { messageOf } from "../config/message-of.ts";
import { asVariables } from "../config/outputs.ts";
import { adminTokenFile, readSecrets } from "../config/secrets.ts";
import { endpointDirectory, readSettings, type Settings } from "../config/settings.ts";
import { Child, type ChildOptions, NotStarted } from "./child.ts";
import { compileOnce, LEAN, leanVariables } from "./lean.ts";
import { render } from "./lines.ts";
import { readRunFile, removeRunFile, writeRunFile } from "./run-file.ts";
import { applyStack, findStack } from "./stack.ts";
import { welcome } from "./welcome.ts";

/** The endpoint waits so long for calls under way; the others have their own limit and get a little more. */
const ENDPOINT_STOP_MS = 8_000;
const STOP_MARGIN_MS = 5_000;
const SAME_SIGNAL_MS = 500;

async function main(): Promise<void> {
  const environment = readEnvironment();
  const settings = readSettings(environment);
  const running = readRunFile(settings.directory);
  if (running !== undefined)
    throw new ConfigError(`Milepost is running already from ${settings.directory} (process ${running.pid}, ${running.api.url}).`);
  makeOwnDirectory(settings.directory);
  const children: Child[] = [];
  const stop = onlyOnce(() => stopAll(settings, children));
  stopOnSignal(stop);
  try {
    await startAll(settings, environment, children);
  } catch (error) {
    // Whatever fails to start because all is being stopped is no failure.
    const isAsked = stop.isBegun();
    await stop.begin();
    if (!isAsked) throw error;
  }
}

function makeOwnDirectory(directory: string): void {
  try {
    makeDirectory(directory);
  } catch (error) {
    throw new ConfigError(`Milepost's directory ${directory} cannot be made: ${messageOf(error)}.`);
  }
}

async function startAll(settings: Settings, environment: Environment, children: Child[]): Promise<void> {
  const began = performance.now();
  const { drainSeconds } = settings.api;
  const say = (source: string, line: string) => console.log(settings.logFormat === "json" ? line : render(source, line));
  const child = (name: string, script: string, stopMs: number, more: Partial<ChildOptions>) => {
    const variables = { ...environment, ...leanVariables(settings.directory), ...more.environment };
    const one = new Child({ ...more, name, script, environment: variables, stopMs, say });
    children.push(one);
    return one;
  };
  // Beside the endpoint's start, which waits for the disk.
  const compiled = compileOnce(settings.directory);
  // The endpoint may die, and be started again, before there is anything else to note.
  let endpoint: Child | undefined;
  let worker: Child | undefined;
  let api: Child | undefined;
  if (settings.embedded) {
    const { port } = new URL(settings.endpoints.all ?? "");
    const args = ["--port", port, "--data", endpointDirectory(settings, environment)];
    endpoint = child("endpoint", "local/main.ts", ENDPOINT_STOP_MS, { args });
    await endpoint.start(() => note());
  }
  const outputs = settings.embedded
    ? await applyStack(settings, environment, (line) => say("up", line))
    : await findStack(settings, environment);
  readSecrets(settings, environment);
  const stopMs = drainSeconds * 1_000 + STOP_MARGIN_MS;
  const told = asVariables(outputs);
  await compiled;
  worker = child("worker", "worker/main.ts", stopMs, { environment: told, nodeOptions: LEAN.worker });
  api = child("api", "api/main.ts", stopMs, { environment: told, nodeOptions: LEAN.api });
  await Promise.all([worker.start(() => note()), api.start(() => note())]);

  function note(): void {
    if (api?.pid === undefined || worker?.pid === undefined) return;
    writeRunFile(settings.directory, {
      pid: process.pid,
      api: { pid: api.pid, url: `http://localhost:${settings.api.port}` },
      worker: { pid: worker.pid },
      endpoint: endpoint?.pid === undefined ? undefined : { pid: endpoint.pid },
      endpointUrl: settings.endpoints.all,
    });
  }
  note();
  console.log(welcome(settings, environment, adminTokenFile(settings), performance.now() - began));
}

async function stopAll({ directory }: Settings, children: readonly Child[]): Promise<void> {
  // The API first, then the worker, then what both stand on.
  for (const child of [...children].reverse()) await child.stop();
  removeRunFile(directory);
}

interface Stop {
  begin(): Promise<void>;
  isBegun(): boolean;
}

function onlyOnce(work: () => Promise<void>): Stop {
  let begun: Promise<void> | undefined;
  return {
    begin: () => {
      begun ??= work();
      return begun;
    },
    isBegun: () => begun !== undefined,
  };
}

function stopOnSignal(stop: Stop): void {
  let first: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      first ??= performance.now();
      if (stop.isBegun()) {
        // A terminal's Ctrl-C reaches this process twice, from the terminal and through npm: that is one.
        if (performance.now() - first > SAME_SIGNAL_MS) process.exit(1);
        return;
      }
      console.log("\nStopping: the API takes no more, the worker finishes what it has. Nothing is lost.");
      stop.begin().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError || error instanceof NotStarted) console.error(error.message);
  else console.error(error);
  process.exit(1);
});
