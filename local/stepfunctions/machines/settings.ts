import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { Input } from "./input.ts";

/** How a machine logs, traces and encrypts: kept and told back as AWS does, though the endpoint has no logs, traces or keys. */
export interface Settings {
  logging: JsonObject;
  tracing: JsonObject;
  /** Null where none was given: then AWS has a key of its own. */
  encryption: JsonObject | null;
}

export const DEFAULT_SETTINGS: Settings = {
  logging: { level: "OFF", includeExecutionData: false },
  tracing: { enabled: false },
  encryption: null,
};

const LEVELS = ["ALL", "ERROR", "FATAL", "OFF"];
const ENCRYPTION_TYPES = ["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"];
const LOG_GROUP_ARN = /^arn:[a-z-]+:logs:[^:]*:[^:]*:log-group:/;

/** Reads the settings a call gives; what it leaves out is not in the result. */
export function readSettings(input: Input): Partial<Settings> {
  const logging = readLogging(input.object("loggingConfiguration"));
  const tracing = input.object("tracingConfiguration");
  const encryption = readEncryption(input.object("encryptionConfiguration"));
  return {
    ...(logging === undefined ? {} : { logging }),
    ...(tracing === undefined ? {} : { tracing: { enabled: tracing.flag("enabled") ?? false } }),
    ...(encryption === undefined ? {} : { encryption }),
  };
}

function readLogging(input: Input | undefined): JsonObject | undefined {
  if (input === undefined) return undefined;
  const level = input.text("level", { values: LEVELS }) ?? "OFF";
  const includeExecutionData = input.flag("includeExecutionData") ?? false;
  const destinations = input.objects("destinations")?.map(readLogGroup);
  const count = destinations?.length ?? 0;
  if (count > 1 || (level !== "OFF" && count === 0)) {
    throw invalidLogging("Must specify exactly one Log Destination.");
  }
  return { level, includeExecutionData, ...(destinations === undefined ? {} : { destinations }) };
}

function readLogGroup(destination: Input): JsonObject {
  const logGroupArn = destination.object("cloudWatchLogsLogGroup")?.text("logGroupArn", { min: 1, max: 256 });
  if (logGroupArn === undefined) throw invalidLogging("Must set valid CloudWatch Log Group ARN.");
  if (!LOG_GROUP_ARN.test(logGroupArn)) throw invalidLogging("Provided ARN is not CloudWatch Logs Log Group ARN.");
  if (!logGroupArn.endsWith(":*")) throw invalidLogging("Log Group ARN must be provided with '*' qualifier.");
  return { cloudWatchLogsLogGroup: { logGroupArn } };
}

function invalidLogging(problem: string): AwsError {
  return new AwsError("InvalidLoggingConfiguration", `Invalid Logging Configuration: ${problem}`);
}

function readEncryption(input: Input | undefined): JsonObject | undefined {
  if (input === undefined) return undefined;
  const type = input.requiredText("type", { values: ENCRYPTION_TYPES });
  if (type !== "CUSTOMER_MANAGED_KMS_KEY") return { type };
  const problem = "The embedded endpoint has no KMS, so it does not cover CUSTOMER_MANAGED_KMS_KEY; use AWS_OWNED_KEY.";
  throw new AwsError("InvalidEncryptionConfiguration", `Invalid Encryption Configuration: ${problem}`);
}
