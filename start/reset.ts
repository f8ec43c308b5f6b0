/**
 * `npm run reset`: back to the beginning, as if nothing had ever been recorded. Secrets stay, so addresses and tokens in
 * use elsewhere go on to work for what is made next. Only for local mode: on AWS nothing is removed by one command.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, readEnvironment } from "../config/environment.ts";
import { endpointDirectory, readSettings, stackDirectory } from "../config/settings.ts";
import { isAlive, readRunFile } from "./run-file.ts";

const ROOT = join(import.meta.dirname, "..");

function main(): void {
  const environment = readEnvironment();
  const settings = readSettings(environment);
  if (settings.mode !== "local") throw new ConfigError("Only a local installation is reset; on AWS use Pulumi.");
  const running = readRunFile(settings.directory);
  if (running !== undefined) throw new ConfigError(`Milepost is running (process ${running.pid}): stop it first.`);
  if (settings.embedded) {
    const data = endpointDirectory(settings, environment);
    if (isInUse(data)) throw new ConfigError("The endpoint is running on this data: stop it first.");
    for (const directory of [data, stackDirectory(settings)]) {
      rmSync(directory, { recursive: true, force: true });
      console.log(`removed ${directory}`);
    }
    return;
  }
  for (const command of ["down", "up"]) {
    const { status } = spawnSync(process.execPath, [join(ROOT, "pulumi/apply/main.ts"), command], { stdio: "inherit" });
    if (status !== 0) process.exit(status ?? 1);
  }
}

/** An endpoint that was started by itself notes its process beside its data. */
function isInUse(directory: string): boolean {
  try {
    const owner: unknown = JSON.parse(readFileSync(join(directory, "endpoint.json"), "utf8"));
    return typeof owner === "object" && owner !== null && "pid" in owner && typeof owner.pid === "number" && isAlive(owner.pid);
  } catch {
    return false;
  }
}

try {
  main();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
