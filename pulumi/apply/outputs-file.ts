/**
 * The outputs that the last successful `up` wrote down, for whoever starts API and worker. It imports nothing of Pulumi,
 * since that would cost a start half a second and 100 MB.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../config/environment.ts";
import { messageOf } from "../../config/message-of.ts";
import { type Settings, stackDirectory } from "../../config/settings.ts";

type Place = Pick<Settings, "directory" | "endpoints">;

export function outputsFile(settings: Place): string {
  return join(stackDirectory(settings), "outputs.json");
}

/** Undefined where nothing has been made yet, or it has been taken down. */
export function readStackOutputs(settings: Place): Readonly<Record<string, unknown>> | undefined {
  const file = outputsFile(settings);
  try {
    const outputs: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof outputs !== "object" || outputs === null || Array.isArray(outputs)) throw new Error("it is not a JSON object");
    return { ...outputs };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    const why = messageOf(error);
    throw new ConfigError(`${file} cannot be read (${why}): run "npm run up" to write it anew.`);
  }
}
