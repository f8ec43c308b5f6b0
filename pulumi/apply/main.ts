/** The command line of the in-process apply: `up`, `preview` or `down`, of the stack `local` of the program beside. */
import { ConfigError, readEnvironment } from "../../config/environment.ts";
import { readSettings } from "../../config/settings.ts";
import { down, preview, type Task, up } from "./apply.ts";
import { ApplyError } from "./resource-type.ts";

const USAGE = "Usage: npm run up, npm run preview or npm run down";

async function main([command, ...more]: readonly string[]): Promise<boolean> {
  // Whoever writes `down --preview` means no `down`: what is not known here is not passed over.
  if (more.length > 0) throw new ConfigError(`${USAGE}, without ${more.join(" ")}`);
  const environment = readEnvironment();
  const settings = readSettings(environment);
  if (settings.mode === "aws")
    throw new ConfigError(
      'MILEPOST_MODE is aws, and AWS is provisioned by the Pulumi CLI alone: "pulumi stack select aws" and "pulumi up", as docs/pulumi.md says.',
    );
  const stack = { settings, project: "milepost", stack: "local", say: (line: string) => console.log(line) };
  if (command === "down") return await down(stack);
  if (command !== "up" && command !== "preview") throw new ConfigError(USAGE);
  const { default: program } = await import("../index.ts");
  const task: Task = { ...stack, program: () => program(environment) };
  return command === "up" ? await up(task) : await preview(task);
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof ApplyError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
