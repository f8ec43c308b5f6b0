/**
 * One process that is looked after: it is started again when it dies, ever later where it keeps dying, and not at all where
 * it says of itself that it cannot start. It is in a process group of its own, so that Ctrl-C reaches only whoever looks
 * after it, who then ends the processes in the order that loses nothing.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isReadyMessage } from "../config/parent.ts";

const ROOT = join(import.meta.dirname, "..");
const READY_MS_MAX = 60_000;
const RESTART_MS = { first: 200, most: 10_000 };
/** Whoever lives so long starts with the shortest pause again. */
const SETTLED_MS = 4_000;

export interface ChildOptions {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  /** Node's own options for it. */
  readonly nodeOptions?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** How long it may take to end after it was asked. */
  readonly stopMs: number;
  readonly say: (source: string, line: string) => void;
}

/** A reason not to start, which the process has told already. */
export class NotStarted extends Error {
  override readonly name = "NotStarted";
}

export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #pauseMs = RESTART_MS.first;
  #isStopping = false;
  #onRestarted: () => void = () => {};

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts it and resolves when it is ready; from then on it is started again whenever it dies. */
  async start(onRestarted: () => void): Promise<void> {
    const child = this.#spawn();
    const late = setTimeout(() => child.kill("SIGKILL"), READY_MS_MAX);
    try {
      await new Promise<void>((resolve, reject) => {
        child.on("message", (message) => isReadyMessage(message) && resolve());
        child.once("error", reject);
        child.once("exit", (code, signal) => reject(new NotStarted(`${this.name} did not start (${signal ?? `exit code ${code}`}).`)));
      });
    } finally {
      clearTimeout(late);
    }
    this.#onRestarted = onRestarted;
    this.#lookAfter(child);
    if (child.exitCode !== null || child.signalCode !== null) this.#plan(child, performance.now());
  }

  /** Asks it to end, and ends it when it does not; it stays ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    // A process that was held (SIGSTOP) hears of its end only once it goes on.
    child.kill("SIGCONT");
    const late = setTimeout(() => child.kill("SIGKILL"), this.#options.stopMs);
    await ended;
    clearTimeout(late);
  }

  #spawn(): ChildProcess {
    const { name, script, args = [], nodeOptions = [], environment, say } = this.#options;
    const child = spawn(process.execPath, [...nodeOptions, join(ROOT, script), ...args], {
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", (line) => say(name, line));
    }
    this.#process = child;
    return child;
  }

  #lookAfter(child: ChildProcess): void {
    const began = performance.now();
    child.once("exit", () => this.#plan(child, began));
    child.on("error", (error) => this.#options.say(this.name, error.message));
  }

  #plan(child: ChildProcess, began: number): void {
    if (this.#isStopping || this.#restart !== undefined) return;
    if (performance.now() - began > SETTLED_MS) this.#pauseMs = RESTART_MS.first;
    const pauseMs = Math.round(this.#pauseMs * (0.5 + Math.random() / 2));
    this.#pauseMs = Math.min(this.#pauseMs * 2, RESTART_MS.most);
    this.#options.say("start", `${this.name} has ended (${child.signalCode ?? `exit code ${child.exitCode}`}); it is started again.`);
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.#lookAfter(this.#spawn());
      this.#onRestarted();
    }, pauseMs);
  }
}
