import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "..", "..");

/** How long a start may take before it counts as failed; a start on a large data directory is measured in the benchmarks. */
const READY_MS_MAX = 60_000;

/** The embedded endpoint as a process of its own, which a test can start, kill, pause and start again on the same data. */
export class EndpointProcess {
  readonly url: string;
  readonly directory: string;
  readonly #port: number;
  readonly #log: string;
  readonly #ownDirectory: string;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, directory: string | undefined, options: readonly string[]) {
    this.#options = options;
    this.#ownDirectory = mkdtempSync(join(tmpdir(), "milepost-endpoint-"));
    this.directory = directory ?? join(this.#ownDirectory, "data");
    this.#log = join(this.#ownDirectory, "log.txt");
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts on a free port and on a new data directory, where none is given; `options` go to its command line. */
  static async start(directory?: string, options: readonly string[] = []): Promise<EndpointProcess> {
    const endpoint = new EndpointProcess(await freePort(), directory, options);
    await endpoint.start();
    return endpoint;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error("The endpoint is not running.");
    return this.#child.pid;
  }

  /** Starts the process (again) and resolves when it answers; the milliseconds that took. */
  async start(): Promise<number> {
    const began = performance.now();
    const log = openSync(this.#log, "a");
    const command = ["local/main.ts", "--port", String(this.#port), "--data", this.directory, ...this.#options];
    const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ["ignore", log, log] });
    closeSync(log);
    this.#child = child;
    process.once("exit", this.#killAtExit);
    while (!(await isHealthy(this.url))) {
      if (hasEnded(child)) throw new Error(`The endpoint ended while starting. Its last words:\n${this.lastWords()}`);
      if (performance.now() - began > READY_MS_MAX) {
        await this.kill();
        throw new Error(`The endpoint was not ready within ${READY_MS_MAX / 1000} s. Its last words:\n${this.lastWords()}`);
      }
      await sleep(10);
    }
    return performance.now() - began;
  }

  isRunning(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child);
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Ends it as a power cut would: nothing is closed, nothing is said. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends it in order and removes what it left, except a data directory that was given. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    rmSync(this.#ownDirectory, { recursive: true, force: true });
  }

  lastWords(): string {
    return readFileSync(this.#log, "utf8").split("\n").slice(-20).join("\n");
  }

  readonly #killAtExit = (): void => {
    this.#child?.kill("SIGKILL");
  };

  async #end(name: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || hasEnded(child)) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(name);
    // One that does not end when asked must not hold up the tests.
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(late);
    process.off("exit", this.#killAtExit);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port was found.");
  return address.port;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/_milepost/health`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
