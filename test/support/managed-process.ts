import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "..", "..");

/** How long a start may take before it counts as failed; a start on a large data directory is measured in the benchmarks. */
const READY_MS_MAX = 60_000;
/** One that does not end when asked must not hold up the tests. */
const STOP_MS_MAX = 30_000;

/** Several of them run beside one another, and beside others: their metrics are shown where a test asks for that. */
const NO_METRICS = { API_METRICS_PORT: "0", WORKER_METRICS_PORT: "0" };

export interface ManagedOptions {
  readonly name: string;
  /** What runs the command; Node, where nothing is said. */
  readonly program?: string;
  readonly command: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether it serves already. */
  readonly isReady: (log: string) => boolean | Promise<boolean>;
}

/** A process, one of Milepost's own unless said otherwise, which a test can start, kill, pause and start again. What it says is kept. */
export class ManagedProcess {
  readonly #options: ManagedOptions;
  readonly #directory: string;
  readonly #log: string;
  #child: ChildProcess | undefined;

  constructor(options: ManagedOptions) {
    this.#options = options;
    this.#directory = mkdtempSync(join(tmpdir(), `milepost-${options.name}-`));
    this.#log = join(this.#directory, "log.txt");
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`The ${this.#options.name} is not running.`);
    return this.#child.pid;
  }

  /** Starts the process (again), perhaps with other settings, and resolves when it is ready; the milliseconds that took. */
  async start(variables: Readonly<Record<string, string>> = {}): Promise<number> {
    const { name, program = process.execPath, command, environment, isReady } = this.#options;
    const began = performance.now();
    const said = this.log().length;
    const log = openSync(this.#log, "a");
    const child = spawn(program, command, {
      cwd: ROOT,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...NO_METRICS, ...environment, ...variables },
    });
    closeSync(log);
    this.#child = child;
    process.off("exit", this.#killAtExit).once("exit", this.#killAtExit);
    while (!(await isReady(this.log().slice(said)))) {
      if (hasEnded(child)) throw new Error(`The ${name} ended while starting. Its last words:\n${this.lastWords()}`);
      if (performance.now() - began > READY_MS_MAX) {
        await this.kill();
        throw new Error(`The ${name} was not ready within ${READY_MS_MAX / 1000} s. Its last words:\n${this.lastWords()}`);
      }
      await sleep(10);
    }
    return performance.now() - began;
  }

  isRunning(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child);
  }

  /** The signal that ended it; null while it runs, or where it ended by itself. */
  get endedBy(): NodeJS.Signals | null {
    return this.#child?.signalCode ?? null;
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Ends it as a power cut would: nothing is closed, nothing is said. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends it in order; its exit code, null where it had to be killed. What it said is gone afterwards. */
  async stop(): Promise<number | null> {
    const code = await this.end();
    rmSync(this.#directory, { recursive: true, force: true });
    return code;
  }

  /** Ends it in order and keeps what it said. */
  async end(): Promise<number | null> {
    await this.#end("SIGTERM");
    return this.#child?.exitCode ?? null;
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && !hasEnded(child)) await new Promise((resolve) => child.once("exit", resolve));
  }

  log(): string {
    try {
      return readFileSync(this.#log, "utf8");
    } catch {
      return "";
    }
  }

  lastWords(): string {
    return this.log().split("\n").slice(-20).join("\n");
  }

  readonly #killAtExit = (): void => {
    this.#child?.kill("SIGKILL");
  };

  async #end(name: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    process.off("exit", this.#killAtExit);
    if (child === undefined || hasEnded(child)) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(name);
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    await ended;
    clearTimeout(late);
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

/** Whether an address answers with a success. */
export async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
