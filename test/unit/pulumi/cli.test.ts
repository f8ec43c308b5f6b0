import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { OUTPUTS } from "../../../config/outputs.ts";
import type { Registration } from "../../../pulumi/apply/applier.ts";
import { monitor } from "../../../pulumi/apply/monitor.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const RUNNER = join(ROOT, "node_modules/@pulumi/pulumi/cmd/run");

interface CliRun {
  readonly status: number | null;
  readonly said: string;
  /** The first thing that went wrong, as the engine was told it. */
  readonly failure: string | undefined;
  readonly names: readonly string[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Runs the program with Pulumi's own runner, as the Pulumi CLI does: in a process of its own, in the program's folder. */
async function runAsCli(stack: string, config: Readonly<Record<string, string>>, nodeOptions: readonly string[] = []): Promise<CliRun> {
  const names: string[] = [];
  const register = async ({ name, inputs, isCustom }: Registration) => {
    if (isCustom) names.push(name);
    return { id: name, outputs: { ...inputs, arn: `arn:aws:any:us-east-1:000000000000:stateMachine:${name}`, url: `http://any/${name}` } };
  };
  const session = await monitor({ project: "milepost", stack, register, onMessage: () => undefined });
  let failure: string | undefined;
  session.failure.catch((reason: unknown) => (failure = String(reason)));
  try {
    const { status, said } = await spawnRunner(stack, session.address, config, nodeOptions);
    return { status, said, failure, names, outputs: session.outputs };
  } finally {
    await session.close();
  }
}

function spawnRunner(stack: string, address: string, config: Readonly<Record<string, string>>, nodeOptions: readonly string[]) {
  const addresses = [`--monitor=${address}`, `--engine=${address}`];
  const words = ["--project=milepost", `--stack=${stack}`, "--parallel=16", `--pwd=${join(ROOT, "pulumi")}`, "main.mjs"];
  const child = spawn(process.execPath, [...nodeOptions, RUNNER, ...addresses, ...words], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, PULUMI_CONFIG: JSON.stringify(config), PULUMI_NODEJS_TYPESCRIPT: "false" },
    timeout: 30_000,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const { promise, resolve, reject } = Promise.withResolvers<Pick<CliRun, "status" | "said">>();
  child.once("error", reject);
  child.once("close", (status) => resolve({ status, said }));
  return promise;
}

describe("The Pulumi program under Pulumi's own runner", function () {
  this.timeout(40_000);
  const local = { "milepost:localstack_endpoint": "http://127.0.0.1:4566" };

  it("runs, and exports the stack's outputs", async () => {
    const { status, said, names, outputs } = await runAsCli("local", local);
    assert.equal(status, 0, said);
    assert.ok(names.includes("requests-queue") && names.includes("requests"));
    assert.deepEqual(Object.keys(outputs).sort(), [...OUTPUTS].sort());
  });

  it("runs on a Node that knows no TypeScript, as the one the Pulumi CLI finds may be", async () => {
    const { status, said, outputs } = await runAsCli("local", local, ["--no-strip-types"]);
    assert.equal(status, 0, said);
    assert.deepEqual(Object.keys(outputs).sort(), [...OUTPUTS].sort());
  });

  it("makes roles and alarms on a stack without an endpoint", async () => {
    const { status, said, names } = await runAsCli("aws", { "aws:region": "eu-west-1" });
    assert.equal(status, 0, said);
    for (const name of ["milepost-api", "milepost-worker", "milepost-requests-queue-given-up"]) assert.ok(names.includes(name), name);
  });

  it("says what a stack on AWS lacks", async () => {
    const { status, failure } = await runAsCli("aws", {});
    assert.notEqual(status, 0);
    assert.match(failure ?? "", /aws:region/);
  });
});
