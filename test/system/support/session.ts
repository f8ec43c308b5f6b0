import { type ChildProcess, spawn } from "node:child_process";
import { ROOT } from "../../support/documented.ts";

const COMMAND_MS_MAX = 60_000;
/** Ends what a command prints, with the command's status behind it; no command prints it itself. */
const MARK = "\u001e";

export interface Outcome {
  readonly status: number;
  readonly printed: string;
  /** What it said beside that. */
  readonly said: string;
}

/** A shell into which commands are typed one after the other, as a reader pastes them: what one sets the next one has. */
export class Session {
  readonly #shell: ChildProcess;
  #printed = "";
  #said = "";

  constructor(environment: NodeJS.ProcessEnv, cwd = ROOT) {
    this.#shell = spawn("bash", ["--noprofile", "--norc"], { cwd, env: environment, stdio: ["pipe", "pipe", "pipe"] });
    this.#shell.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#printed += text));
    this.#shell.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
  }

  async run(command: string): Promise<Outcome> {
    this.#printed = "";
    this.#said = "";
    this.#shell.stdin?.write(`{ ${command}\n} </dev/null\nprintf '${MARK}%s${MARK}' $?\n`);
    const end = new RegExp(`${MARK}(\\d+)${MARK}$`);
    const deadline = performance.now() + COMMAND_MS_MAX;
    for (;;) {
      const [, status] = end.exec(this.#printed) ?? [];
      if (status !== undefined) return { status: Number(status), printed: this.#printed.replace(end, ""), said: this.#said };
      if (this.#shell.exitCode !== null) throw new Error(`The shell has ended: ${this.#said}`);
      if (performance.now() > deadline) throw new Error(`It did not end within ${COMMAND_MS_MAX / 1_000} s: ${command}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#shell.once("close", resolve));
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    this.#shell.kill("SIGKILL");
    await ended;
  }
}
