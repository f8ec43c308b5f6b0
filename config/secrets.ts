/**
 * The secrets: what administrators show, what signatures and sealed answers are made with, and what users' tokens are. They
 * come from the environment or from files, never from the code. Locally they are made on first start, readable by their
 * owner alone.
 */
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError, type Environment, readEnvironment, secretOf } from "./environment.ts";
import type { Settings } from "./settings.ts";

export interface Secrets {
  readonly adminToken: string;
  /** At least 32 bytes; keys for each use are derived from it. */
  readonly appSecret: Buffer;
  /** What users' tokens are signed with where Milepost gives them; undefined where an identity provider does. */
  readonly jwtSecret: Buffer | undefined;
}

const LENGTH_MIN = { ADMIN_TOKEN: 8, APP_SECRET: 32, JWT_SECRET: 32 };
const MADE_BYTES = 32;

export function readSecrets(settings: Settings, environment: Environment = readEnvironment()): Secrets {
  return {
    adminToken: read(settings, environment, "ADMIN_TOKEN", adminTokenFile(settings)),
    appSecret: Buffer.from(read(settings, environment, "APP_SECRET", join(settings.directory, "secrets", "app-secret"))),
    jwtSecret: readJwtSecret(settings, environment),
  };
}

/** Outside local mode nobody gets a token here, so nothing signs one, unless a secret is given on purpose. */
function readJwtSecret(settings: Settings, environment: Environment): Buffer | undefined {
  if (settings.users.jwksUrl !== undefined) return undefined;
  if (settings.mode !== "local" && secretOf(environment, "JWT_SECRET") === undefined) return undefined;
  return Buffer.from(read(settings, environment, "JWT_SECRET", join(settings.directory, "secrets", "jwt-secret")));
}

/** Where the administrator's token lies when it was not given. */
export function adminTokenFile(settings: Settings): string {
  return join(settings.directory, "secrets", "admin-token");
}

function read({ mode }: Settings, environment: Environment, variable: keyof typeof LENGTH_MIN, ownFile: string): string {
  const given = secretOf(environment, variable);
  if (given === undefined && mode !== "local") throw new ConfigError(`${variable} or ${variable}_FILE must be set outside local mode.`);
  const secret = given ?? ownSecret(ownFile);
  if (secret.length < LENGTH_MIN[variable]) throw new ConfigError(`${variable} must have at least ${LENGTH_MIN[variable]} characters.`);
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
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
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
