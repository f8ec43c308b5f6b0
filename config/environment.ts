/** What the environment says, read variable by variable; a wrong value is one sentence that names it and the rule. */
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { messageOf } from "./message-of.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A reason not to start, told to the user as one sentence. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The process's environment over what `.env` says, where there is one. */
export function readEnvironment(file = ".env", environment: Environment = process.env): Environment {
  return { ...parseFile(file), ...environment };
}

function parseFile(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new ConfigError(`${file} cannot be read: ${messageOf(error)}.`);
  }
}

/** A variable's text. One that is set to nothing is taken for one that is not set, as `NAME=` in a file means. */
export function textOf(environment: Environment, variable: string): string | undefined {
  const text = environment[variable]?.trim();
  return text === "" ? undefined : text;
}

export function wholeWithin(environment: Environment, variable: string, fallback: number, least: number, most: number): number {
  const text = textOf(environment, variable);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < least || value > most)
    throw new ConfigError(`${variable} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
  return value;
}

export function oneOf<Choice extends string>(
  environment: Environment,
  variable: string,
  fallback: Choice,
  choices: readonly Choice[],
): Choice {
  const text = textOf(environment, variable);
  const choice = choices.find((one) => one === (text ?? fallback));
  if (choice === undefined) throw new ConfigError(`${variable} must be one of ${choices.join(", ")}, not ${JSON.stringify(text)}.`);
  return choice;
}

/** Some of the choices, with commas between them; all of them where nothing is said. */
export function someOf<Choice extends string>(environment: Environment, variable: string, choices: readonly Choice[]): readonly Choice[] {
  const text = textOf(environment, variable);
  if (text === undefined) return choices;
  const named = text.split(",").map((part) => part.trim());
  const unknown = named.find((name) => !choices.some((choice) => choice === name));
  if (unknown !== undefined)
    throw new ConfigError(`${variable} must be some of ${choices.join(", ")}, with commas between, not ${JSON.stringify(text)}.`);
  return choices.filter((choice) => named.includes(choice));
}

/** The address without a slash at its end. */
export function urlOf(environment: Environment, variable: string): string | undefined {
  const text = textOf(environment, variable);
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new ConfigError(`${variable} must be an http or https address, not ${JSON.stringify(text)}.`);
  return text.replace(/\/+$/, "");
}

/** A secret, from its variable or from the file that the variable of its name with `_FILE` behind it names. */
export function secretOf(environment: Environment, variable: string): string | undefined {
  const given = textOf(environment, variable);
  const file = textOf(environment, `${variable}_FILE`);
  if (given !== undefined || file === undefined) return given;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new ConfigError(`${variable}_FILE names ${file}, which cannot be read: ${messageOf(error)}.`);
  }
}

/** A text that was percent-encoded; undefined where it was not rightly so. */
export function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
