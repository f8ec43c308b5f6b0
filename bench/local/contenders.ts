import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EndpointProcess } from "../../test/support/endpoint-process.ts";
import { freePort } from "../../test/support/managed-process.ts";
import { benchDirectory, removeDirectory } from "../support/directory.ts";

/** An endpoint to measure. */
export interface Contender {
  readonly name: string;
  readonly url: string;
  /** Where it is a process of ours, so that its own CPU time can be read. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** A measured one, or the reason why it is not there. */
export type Entry = Contender | { readonly name: string; readonly absent: string };

export async function embedded(): Promise<Contender> {
  const directory = benchDirectory();
  const endpoint = await EndpointProcess.start(directory);
  return {
    name: "embedded endpoint",
    url: endpoint.url,
    pid: endpoint.pid,
    stop: async () => {
      await endpoint.stop();
      removeDirectory(directory);
    },
  };
}

export async function answering(): Promise<Contender> {
  const port = await freePort();
  return started("only answers", port, process.execPath, [join(import.meta.dirname, "answering.ts"), String(port)], {});
}

/** MINISTACK is the address of one that runs, or the path of its command. */
export async function ministack(): Promise<Entry> {
  const given = process.env.MINISTACK;
  if (given === undefined || given === "") return { name: "ministack", absent: "MINISTACK names neither an address nor a command" };
  if (given.startsWith("http")) return { name: "ministack", url: given, pid: undefined, stop: async () => undefined };
  const port = await freePort();
  return started("ministack", port, given, [], { GATEWAY_PORT: String(port), BIND_HOST: "127.0.0.1", MINISTACK_HOST: "127.0.0.1" });
}

export function localstack(): Entry {
  const given = process.env.LOCALSTACK;
  if (given === undefined || given === "") return { name: "LocalStack", absent: "LOCALSTACK names no address" };
  return { name: "LocalStack", url: given, pid: undefined, stop: async () => undefined };
}

async function started(
  name: string,
  port: number,
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Contender> {
  const child = spawn(command, args, { stdio: "ignore", env: { ...process.env, ...environment } });
  const url = `http://127.0.0.1:${port}`;
  process.once("exit", () => child.kill("SIGKILL"));
  for (let tries = 0; !(await answers(url)); tries++) {
    if (tries === 300 || child.exitCode !== null) throw new Error(`${name} did not start.`);
    await sleep(100);
  }
  return {
    name,
    url,
    pid: child.pid,
    stop: async () => {
      child.kill("SIGKILL");
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (answer) => {
      await answer.body?.cancel();
      return true;
    },
    () => false,
  );
}
