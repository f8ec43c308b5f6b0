import { RecentlyUsed } from "../../recently-used.ts";
import { SDK_OPERATIONS } from "./sdk-operations.ts";

/**
 * The one list of what a Task state may call. The parser refuses everything else when a machine is created, so that no
 * execution is started that could not go on; the interpreter reads the same list.
 */
export type Pattern = "requestResponse" | "waitForTaskToken" | "sync" | "sync2";

export interface Resource {
  service: "sqs" | "dynamodb" | "s3" | "states";
  /** As in the ARN: `sendMessage`. */
  operation: string;
  pattern: Pattern;
  /** Whether it goes by the general SDK integration (`aws-sdk:…`), which hands parameters and results through unchanged. */
  sdk: boolean;
  /** How history events name the service: `sqs`, or `aws-sdk:sqs`. */
  resourceType: string;
  /** How history events name the operation: `sendMessage.waitForTaskToken`. */
  resource: string;
}

interface Integration {
  service: Resource["service"];
  operations: Readonly<Record<string, readonly Pattern[]>>;
}

const TOKEN: readonly Pattern[] = ["requestResponse", "waitForTaskToken"];
const REQUEST: readonly Pattern[] = ["requestResponse"];
const ALL: readonly Pattern[] = ["requestResponse", "waitForTaskToken", "sync", "sync2"];

/** AWS's own (optimized) integrations of the services covered: all they have, so what is not here AWS refuses as well. */
const OPTIMIZED: Readonly<Record<string, Integration>> = {
  sqs: { service: "sqs", operations: { sendMessage: TOKEN } },
  dynamodb: { service: "dynamodb", operations: { getItem: REQUEST, putItem: REQUEST, updateItem: REQUEST, deleteItem: REQUEST } },
  states: { service: "states", operations: { startExecution: ALL } },
};

/** The general SDK integration: every operation of these services that the endpoint has (of S3 the usual ones), each also with a task token. */
const SDK: Readonly<Record<string, Resource["service"]>> = { sqs: "sqs", dynamodb: "dynamodb", s3: "s3", sfn: "states" };

const COVERED =
  "sqs:sendMessage, dynamodb:getItem, putItem, updateItem and deleteItem, states:startExecution, by aws-sdk:sqs, aws-sdk:dynamodb and aws-sdk:sfn every operation that the endpoint itself has, and by aws-sdk:s3 those on buckets and objects themselves";

const SUFFIXES: Readonly<Record<string, Pattern>> = {
  waitForTaskToken: "waitForTaskToken",
  sync: "sync",
  "sync:2": "sync2",
};

/** A service integration's ARN, after its partition: `aws-sdk:`?, service, operation, pattern. */
const INTEGRATION = /^arn:[a-z-]+:states:[a-z0-9-]*:\d*:(?:(aws-sdk):)?([a-z0-9-]+):([A-Za-z0-9]+)(?:\.([A-Za-z]+(?::\d+)?))?$/;
const ARN = /^arn:[a-z-]+:[a-z0-9-]+:[^:]*:[^:]*:.+$/;
const ACTIVITY = /^arn:[a-z-]+:states:[^:]*:[^:]*:activity:/;

export interface Refused {
  problem: string;
  /** Whether AWS has the resource, and only the endpoint has not. */
  uncovered: boolean;
}

/** The same few are asked for with every step of every execution. Longer ones than any that is covered are not worth their room. */
const known = new RecentlyUsed<string, Resource | Refused>(500);
const KNOWN_LENGTH_MAX = 256;

export function parseResource(arn: string): Resource | Refused {
  const before = known.get(arn);
  if (before !== undefined) return before;
  const parsed = readResource(arn);
  if (arn.length <= KNOWN_LENGTH_MAX) known.set(arn, parsed);
  return parsed;
}

function readResource(arn: string): Resource | Refused {
  if (!ARN.test(arn)) return { problem: "Value is not a valid resource ARN", uncovered: false };
  if (ACTIVITY.test(arn)) {
    const problem = `The embedded endpoint does not cover Activities, and the resource ${arn} is one. Use .waitForTaskToken instead.`;
    return { problem, uncovered: true };
  }
  const [, sdkPrefix, service = "", operation = "", suffix] = INTEGRATION.exec(arn) ?? [];
  const sdk = sdkPrefix !== undefined;
  const integration = sdk ? sdkIntegration(service, operation) : own(OPTIMIZED, service);
  if (integration === undefined) return notCovered(arn);
  const pattern = suffix === undefined ? "requestResponse" : own(SUFFIXES, suffix);
  const patterns = own(integration.operations, operation);
  if (patterns === undefined || pattern === undefined || !patterns.includes(pattern)) return notRecognized(arn);
  return {
    service: integration.service,
    operation,
    pattern,
    sdk,
    resourceType: sdk ? `aws-sdk:${service}` : service,
    resource: suffix === undefined ? operation : `${operation}.${suffix}`,
  };
}

function sdkIntegration(name: string, operation: string): Integration | undefined {
  const service = own(SDK, name);
  if (service === undefined || !SDK_OPERATIONS.get(service)?.has(operation)) return undefined;
  return { service, operations: { [operation]: TOKEN } };
}

function notCovered(arn: string): Refused {
  return { problem: `The resource ${arn} is not covered by the embedded endpoint. It covers ${COVERED}.`, uncovered: true };
}

function notRecognized(arn: string): Refused {
  const problem = `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`;
  return { problem, uncovered: false };
}

/** A table's own entry: a name as `constructor`, which every object inherits, is none. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
