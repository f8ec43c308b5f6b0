/**
 * All that the environment and `.env` decide, read once at a process's start. Where something is not said, DEFAULTS has it;
 * where it is said wrongly, the process does not start and says which variable and why.
 */
import { join } from "node:path";
import { ConfigError, type Environment, oneOf, readEnvironment, secretOf, someOf, textOf, urlOf, wholeWithin } from "./environment.ts";
import { KINDS, type KindName } from "./kinds.ts";
import { type NotifySettings, readNotify } from "./notify.ts";
import { type ApiSettings, type Mode, readApi, readWorker, type WorkerSettings } from "./process-settings.ts";
import { readTimings, type Timings } from "./timings.ts";
import { readTracing, type TracingSettings } from "./tracing-settings.ts";

export type { Mode };

export interface Settings {
  readonly mode: Mode;
  /** What metrics and logs call this environment. */
  readonly env: string;
  readonly region: string;
  readonly endpoints: Endpoints;
  /** Undefined on AWS, where the SDK finds them. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Where everything of a local installation lives: the endpoint's data, secrets, stacks. */
  readonly directory: string;
  /** The kinds of records that API and worker serve here. */
  readonly kinds: readonly KindName[];
  readonly api: ApiSettings;
  readonly worker: WorkerSettings;
  readonly users: UserSettings;
  readonly payment: PaymentSettings;
  readonly notify: NotifySettings;
  readonly timings: Timings;
  readonly logLevel: LogLevel;
  /** How `npm start` shows its processes' lines. */
  readonly logFormat: LogFormat;
  /** Undefined where nothing is traced. */
  readonly tracing: TracingSettings | undefined;
  /** Whether Milepost's own endpoint is what the addresses lead to: no other was named. */
  readonly embedded: boolean;
}

/** Undefined where the service is AWS's own. */
export interface Endpoints {
  readonly all: string | undefined;
  readonly dynamodb: string | undefined;
  readonly sqs: string | undefined;
  readonly sfn: string | undefined;
  readonly s3: string | undefined;
}

export interface UserSettings {
  /** Where an identity provider shows its keys; undefined where tokens are Milepost's own. */
  readonly jwksUrl: string | undefined;
  /** Whose tokens are taken, and for whom they must be made. */
  readonly issuer: string;
  readonly audience: string;
  /** What tokens must say in their header that they are (`typ`); undefined where that is not looked at. */
  readonly tokenType: string | undefined;
}

export interface PaymentSettings {
  /** Where charges and refunds are asked for; undefined for the sandbox. */
  readonly url: string | undefined;
  readonly token: string | undefined;
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

const DEFAULTS = {
  region: "us-east-1",
  directory: ".milepost",
  endpointPort: 4566,
  issuer: "milepost",
  audience: "milepost",
  logLevel: "info",
  logFormat: "text",
  localCredentials: { accessKeyId: "test", secretAccessKey: "test" },
} as const;

export function readSettings(environment: Environment = readEnvironment()): Settings {
  const mode = oneOf<Mode>(environment, "MILEPOST_MODE", "local", ["local", "aws"]);
  const endpoints = readEndpoints(environment, mode);
  return {
    mode,
    env: textOf(environment, "APP_ENV") ?? mode,
    region: readRegion(environment),
    endpoints,
    credentials: readCredentials(environment, mode),
    directory: directoryOf(environment),
    kinds: someOf(environment, "MILEPOST_KINDS", KINDS),
    api: readApi(environment, mode),
    worker: readWorker(environment),
    users: {
      jwksUrl: urlOf(environment, "AUTH_JWKS_URL"),
      issuer: textOf(environment, "AUTH_ISSUER") ?? DEFAULTS.issuer,
      audience: textOf(environment, "AUTH_AUDIENCE") ?? DEFAULTS.audience,
      tokenType: readTokenType(environment),
    },
    payment: { url: urlOf(environment, "PAYMENT_URL"), token: secretOf(environment, "PAYMENT_TOKEN") },
    notify: readNotify(environment),
    timings: readTimings(environment),
    logLevel: oneOf<LogLevel>(environment, "LOG_LEVEL", DEFAULTS.logLevel, LOG_LEVELS),
    logFormat: oneOf<LogFormat>(environment, "LOG_FORMAT", DEFAULTS.logFormat, LOG_FORMATS),
    tracing: readTracing(environment),
    embedded: mode === "local" && urlOf(environment, "AWS_ENDPOINT_URL") === undefined,
  };
}

/** What is no region makes every name of a resource wrong, which AWS would say much later, and of the resource. */
function readRegion(environment: Environment): string {
  for (const variable of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
    const text = textOf(environment, variable);
    if (text === undefined) continue;
    if (!/^[a-z0-9-]{1,32}$/.test(text))
      throw new ConfigError(`${variable} must be a region's name, such as us-east-1, not ${JSON.stringify(text)}.`);
    return text;
  }
  return DEFAULTS.region;
}

/** A media type's name, with or without what stands before its slash; no token says anything else. */
function readTokenType(environment: Environment): string | undefined {
  const text = textOf(environment, "AUTH_TOKEN_TYPE");
  if (text === undefined || /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+/-]{0,126}$/.test(text)) return text;
  throw new ConfigError(`AUTH_TOKEN_TYPE must be a token's type, such as at+jwt, not ${JSON.stringify(text)}.`);
}

/** The directory of a local installation, for those who need nothing else of the settings. */
export function directoryOf(environment: Environment): string {
  return textOf(environment, "MILEPOST_DIR") ?? DEFAULTS.directory;
}

/** Where Milepost's own endpoint keeps its data. */
export function endpointDirectory({ directory }: Pick<Settings, "directory">, environment: Environment): string {
  return textOf(environment, "MILEPOST_DATA") ?? join(directory, "endpoint");
}

/** A stack's own directory, where `npm run up` keeps what it has made: one for each endpoint. */
export function stackDirectory(settings: Pick<Settings, "directory" | "endpoints">): string {
  const place = settings.endpoints.all === undefined ? "aws" : new URL(settings.endpoints.all).host.replace(/[^A-Za-z0-9.]/g, "-");
  return join(settings.directory, "stacks", place);
}

/** The seed's names for single services win over the one for all, and that over Milepost's own endpoint. */
function readEndpoints(environment: Environment, mode: Mode): Endpoints {
  const named = urlOf(environment, "AWS_ENDPOINT_URL");
  const port = wholeWithin(environment, "ENDPOINT_PORT", DEFAULTS.endpointPort, 1, 65_535);
  const all = named ?? (mode === "local" ? `http://127.0.0.1:${port}` : undefined);
  if (mode === "aws" && named !== undefined)
    throw new ConfigError("AWS_ENDPOINT_URL must not be set where MILEPOST_MODE is aws: unset one of the two.");
  return {
    all,
    dynamodb: urlOf(environment, "DYNAMODB_ENDPOINT") ?? all,
    sqs: urlOf(environment, "SQS_ENDPOINT") ?? all,
    sfn: urlOf(environment, "STEPFUNCTIONS_ENDPOINT") ?? all,
    s3: urlOf(environment, "S3_ENDPOINT") ?? all,
  };
}

/** Local endpoints take any credentials, so a machine's real ones are never sent to them unasked. */
function readCredentials(environment: Environment, mode: Mode): Settings["credentials"] {
  if (mode === "aws") return undefined;
  const accessKeyId = textOf(environment, "AWS_ACCESS_KEY_ID");
  const secretAccessKey = textOf(environment, "AWS_SECRET_ACCESS_KEY");
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new ConfigError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set both, or neither.");
  return accessKeyId === undefined || secretAccessKey === undefined ? { ...DEFAULTS.localCredentials } : { accessKeyId, secretAccessKey };
}
