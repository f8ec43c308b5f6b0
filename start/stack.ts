/**
 * Where the resources are that API and worker use. Milepost's own endpoint is provisioned right here, in-process; for any
 * other, a stack has done it: Pulumi's, if its CLI and a stack are there, or that of `npm run up`, or variables say it all.
 */
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ConfigError, type Environment } from "../config/environment.ts";
import { isListening } from "../config/listening.ts";
import { OUTPUTS, type Outputs, readOutputs, variableOf } from "../config/outputs.ts";
import type { Settings } from "../config/settings.ts";
import { readStackOutputs } from "../pulumi/apply/outputs-file.ts";

const ROOT = join(import.meta.dirname, "..");
const PULUMI_MS_MAX = 20_000;
const APPLY_MS_MAX = 120_000;
const CONNECT_MS_MAX = 2_000;

/** Makes what is missing on Milepost's own endpoint, and tells the outputs. */
export async function applyStack(settings: Settings, environment: Environment, say: (line: string) => void): Promise<Outputs> {
  const lines: string[] = [];
  const status = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "pulumi/apply/main.ts"), "up"], { env: environment, timeout: APPLY_MS_MAX });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => lines.push(chunk.toString("utf8")));
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (status === 0) return readOutputs({}, readStackOutputs(settings));
  for (const line of lines.join("").trimEnd().split("\n")) say(line);
  throw new ConfigError("The resources could not be made: see above. Nothing that was there has been removed.");
}

/** Finds the stack of an endpoint that is not Milepost's own, or of AWS. */
export async function findStack(settings: Settings, environment: Environment): Promise<Outputs> {
  if (settings.endpoints.all !== undefined) await assertListening(settings.endpoints.all);
  const isSaid = OUTPUTS.every((output) => environment[variableOf(output)] !== undefined);
  return readOutputs(environment, isSaid ? {} : { ...readStackOutputs(settings), ...(await pulumiOutputs()) });
}

/** Nothing where there is no Pulumi CLI, or no stack is selected. */
async function pulumiOutputs(): Promise<Record<string, unknown>> {
  try {
    const { stdout } = await promisify(execFile)("pulumi", ["stack", "output", "--json", "--non-interactive"], {
      cwd: ROOT,
      timeout: PULUMI_MS_MAX,
    });
    const outputs: unknown = JSON.parse(stdout);
    return typeof outputs === "object" && outputs !== null ? { ...outputs } : {};
  } catch {
    return {};
  }
}

async function assertListening(endpoint: string): Promise<void> {
  if (!(await isListening(new URL(endpoint), CONNECT_MS_MAX))) {
    throw new ConfigError(
      `Nothing listens at ${endpoint}, which AWS_ENDPOINT_URL names: start what should be there, or unset the variable to use Milepost's own endpoint.`,
    );
  }
}
