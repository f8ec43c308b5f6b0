/** The load generator, as whoever benchmarks holds it. */
import { type ChildProcess, fork } from "node:child_process";
import { on } from "node:events";
import { join } from "node:path";
import { interrupted } from "../support/interruption.ts";
import { GO, type Job, type Report, reportSchema, type Settled } from "./generator-messages.ts";

export class Generator {
  readonly #process: ChildProcess = fork(join(import.meta.dirname, "generator-process.ts"));
  readonly #messages = on(this.#process, "message", { close: ["exit"] });

  constructor() {
    interrupted.addEventListener("abort", () => this.stop());
  }

  /** Runs a job to its verified end; `around` is called when the clock is about to start, and its result when it has stopped. */
  async run(job: Job, around: () => () => void = () => () => {}): Promise<Settled> {
    this.#process.send(job);
    await this.#phase("prepared");
    const settle = around();
    this.#process.send(GO);
    const settled = await this.#phase("settled");
    settle();
    await this.#phase("verified");
    return settled;
  }

  stop(): void {
    this.#process.kill("SIGKILL");
  }

  async #phase<Phase extends Report["phase"]>(phase: Phase): Promise<Extract<Report, { phase: Phase }>> {
    // Each of its calls and waits has a limit, so it always reports something, or ends.
    const { value, done } = await this.#messages.next();
    if (done === true) throw new Error("The load generator has ended.");
    const report = reportSchema.parse(value[0]);
    if (isOf(report, phase)) return report;
    throw new Error(report.phase === "failed" ? report.reason : `The load generator is ${report.phase}, not ${phase}.`);
  }
}

function isOf<Phase extends Report["phase"]>(report: Report, phase: Phase): report is Extract<Report, { phase: Phase }> {
  return report.phase === phase;
}
