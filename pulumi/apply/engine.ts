/** Runs a Pulumi program in this process, without the Pulumi CLI. The SDK's state is global, so one program for one process. */
import * as pulumi from "@pulumi/pulumi";
import { type Listener, monitor } from "./monitor.ts";
import type { Properties } from "./values.ts";

export interface Run extends Listener {
  readonly isPreview: boolean;
  readonly config: Readonly<Record<string, string>>;
  /** What Pulumi's entry module exports: it makes resources, and gives the stack's outputs. */
  readonly program: () => unknown;
}

const RUN_MS_MAX = 10 * 60_000;

/** @returns the stack's outputs */
export async function run(parts: Run): Promise<Properties> {
  const session = await monitor(parts);
  const fail = (reason: unknown) => session.fail(reason);
  // What goes wrong in the middle of an `apply` reaches nobody else.
  process.on("unhandledRejection", fail);
  const late = setTimeout(() => fail(new Error(`The program was not done after ${RUN_MS_MAX / 60_000} minutes.`)), RUN_MS_MAX);
  try {
    pulumi.runtime.setAllConfig({ ...parts.config });
    pulumi.runtime.resetOptions(parts.project, parts.stack, -1, session.address, session.address, parts.isPreview, "");
    await Promise.race([runToItsEnd(parts.program), session.failure]);
    // After a failure it stays: what the program had begun then fails after it, one thing after the other.
    process.off("unhandledRejection", fail);
    return session.outputs;
  } finally {
    clearTimeout(late);
    await session.close();
    pulumi.runtime.disconnectSync();
  }
}

async function runToItsEnd(program: () => unknown): Promise<void> {
  await pulumi.runtime.runInPulumiStack(async () => program());
  await pulumi.runtime.disconnect();
}
