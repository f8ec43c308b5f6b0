/**
 * The secrets: what administrators show, what signatures and sealed answers are made with, and what users' tokens are. They
 * come from the environment or from files, never from the code. Locally they are made on first start, readable by their
 * owner alone.
 *
 * Each may be two at once while one takes the other's place: the first makes what is made, and what either has made holds.
 * So processes that change one after the other understand each other, and nobody is cut off.
 */
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeDirectory } from "./directory.ts";
import { ConfigError, type Environment, readEnvironment, secretOf } from "./environment.ts";
import type { Settings } from "./settings.ts";

/** The one in use, and behind it the other that holds as well, where there is one. */
export type Rotated<Secret> = readonly [Secret, ...Secret[]];

export interface Secrets {
  readonly adminTokens: Rotated<string>;
  /** At least 32 bytes each; keys for each use are derived from them. */
  readonly appSecrets: Rotated<Buffer>;
  /** What users' tokens are signed with where Milepost gives them; undefined where an identity provider does. */
  readonly jwtSecrets: Rotated<Buffer> | undefined;
}

const LENGTH_MIN = { ADMIN_TOKEN: 8, APP_SECRET: 32, JWT_SECRET: 32 };
/** Where the other one is, while a secret is two. */
const PREVIOUS = { ADMIN_TOKEN: "ADMIN_TOKEN_PREVIOUS", APP_SECRET: "APP_SECRET_PREVIOUS", JWT_SECRET: "JWT_SECRET_PREVIOUS" };
const MADE_BYTES = 32;

type Variable = keyof typeof LENGTH_MIN;

export function readSecrets(settings: Settings, environment: Environment = readEnvironment()): Secrets {
  return {
    adminTokens: read(settings, environment, "ADMIN_TOKEN", adminTokenFile(settings)),
    appSecrets: asBytes(read(settings, environment, "APP_SECRET", join(settings.directory, "secrets", "app-secret"))),
    jwtSecrets: readJwtSecrets(settings, environment),
  };
}

/** Outside local mode nobody gets a token here, so nothing signs one, unless a secret is given on purpose. */
function readJwtSecrets(settings: Settings, environment: Environment): Rotated<Buffer> | undefined {
  if (settings.users.jwksUrl !== undefined) return undefined;
  if (settings.mode !== "local" && secretOf(environment, "JWT_SECRET") === undefined) return undefined;
  return asBytes(read(settings, environment, "JWT_SECRET", join(settings.directory, "secrets", "jwt-secret")));
}

function asBytes([current, ...others]: Rotated<string>): Rotated<Buffer> {
  return [Buffer.from(current), ...others.map((one) => Buffer.from(one))];
}

/** Where the administrator's token lies when it was not given. */
export function adminTokenFile(settings: Settings): string {
  return join(settings.directory, "secrets", "admin-token");
}

function read({ mode }: Settings, environment: Environment, variable: Variable, ownFile: string): Rotated<string> {
  const given = secretOf(environment, variable);
  if (given === undefined && mode !== "local") throw new ConfigError(`${variable} or ${variable}_FILE must be set outside local mode.`);
  const current = longEnough(given ?? ownSecret(ownFile), variable, variable);
  const other = secretOf(environment, PREVIOUS[variable]);
  return other === undefined ? [current] : [current, longEnough(other, PREVIOUS[variable], variable)];
}

function longEnough(secret: string, named: string, variable: Variable): string {
  if (secret.length < LENGTH_MIN[variable]) throw new ConfigError(`${named} must have at least ${LENGTH_MIN[variable]} characters.`);
  return secret;
}

/** API and worker may start at once for the first time: whoever links its file first has made the secret for both. */
function ownSecret(file: string): string {
  const made = `${file}.${process.pid}`;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  makeDirectory(dirname(file));
  writeFileSync(made, `${randomBytes(MADE_BYTES).toString("base64url")}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(made, file);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(made, { force: true });
  }
  return readFileSync(file, "utf8").trim();
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
