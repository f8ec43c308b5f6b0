import { invalidAttributeName, invalidAttributeValue, unknownAttribute } from "./errors.ts";
import { formatRedrivePolicy, parseRedriveAllowPolicy, parseRedrivePolicy } from "./redrive-policy.ts";

/** The attributes of a queue: which there are, their defaults, and what AWS takes as their value. */

type Check = (name: string, value: string) => string;

const INTEGERS: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ["DelaySeconds", [0, 900]],
  ["KmsDataKeyReusePeriodSeconds", [60, 86_400]],
  ["MaximumMessageSize", [1024, 1_048_576]],
  ["MessageRetentionPeriod", [60, 1_209_600]],
  ["ReceiveMessageWaitTimeSeconds", [0, 20]],
  ["VisibilityTimeout", [0, 43_200]],
]);

const CHOICES: ReadonlyMap<string, readonly string[]> = new Map([
  ["DeduplicationScope", ["messageGroup", "queue"]],
  ["FifoThroughputLimit", ["perQueue", "perMessageGroupId"]],
]);

const SWITCHES = new Set(["ContentBasedDeduplication", "FifoQueue", "SqsManagedSseEnabled"]);

/** Attributes that an empty value takes away. */
const TEXTS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["KmsMasterKeyId", (_name, value) => value],
  ["Policy", checkPolicy],
  ["RedriveAllowPolicy", checkAllowPolicy],
  ["RedrivePolicy", (_name, value) => formatRedrivePolicy(parseRedrivePolicy(value))],
]);

const COUNTED = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesDelayed",
  "ApproximateNumberOfMessagesNotVisible",
  "CreatedTimestamp",
  "LastModifiedTimestamp",
  "QueueArn",
];

const SETTABLE = new Set([...INTEGERS.keys(), ...CHOICES.keys(), ...SWITCHES, ...TEXTS.keys()]);
const READABLE = new Set([...SETTABLE, ...COUNTED, "All"]);

const STANDARD_DEFAULTS: readonly (readonly [string, string])[] = [
  ["DelaySeconds", "0"],
  ["MaximumMessageSize", "1048576"],
  ["MessageRetentionPeriod", "345600"],
  ["ReceiveMessageWaitTimeSeconds", "0"],
  ["SqsManagedSseEnabled", "true"],
  ["VisibilityTimeout", "30"],
];

const FIFO_DEFAULTS: readonly (readonly [string, string])[] = [
  ...STANDARD_DEFAULTS,
  ["ContentBasedDeduplication", "false"],
  ["DeduplicationScope", "queue"],
  ["FifoQueue", "true"],
  ["FifoThroughputLimit", "perQueue"],
];

export function defaultAttributes(isFifo: boolean): Map<string, string> {
  return new Map(isFifo ? FIFO_DEFAULTS : STANDARD_DEFAULTS);
}

export function checkReadable(names: readonly string[]): void {
  for (const name of names) if (!READABLE.has(name)) throw unknownAttribute(name);
}

/** The given attributes in the form they are kept in; an empty value stands for "take it away". */
export function checkAttributes(given: ReadonlyMap<string, string>, isFifo: boolean): Map<string, string> {
  const checked = new Map<string, string>();
  for (const [name, value] of given) {
    if (!SETTABLE.has(name)) throw unknownAttribute(name);
    if (!isFifo) refuseFifoAttribute(name);
    checked.set(name, checkValue(name, value));
  }
  if (checked.get("SqsManagedSseEnabled") === "true" && (checked.get("KmsMasterKeyId") ?? "") !== "") {
    throw invalidAttributeName(
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    );
  }
  return checked;
}

/** `current` with `changes` put in, and what follows from them: only one kind of encryption is on at a time. */
export function withChanges(current: ReadonlyMap<string, string>, changes: ReadonlyMap<string, string>): Map<string, string> {
  const result = new Map(current);
  for (const [name, value] of changes) {
    if (value === "") result.delete(name);
    else result.set(name, value);
  }
  if (changes.get("SqsManagedSseEnabled") === "true") result.delete("KmsMasterKeyId");
  else if ((changes.get("KmsMasterKeyId") ?? "") !== "") result.set("SqsManagedSseEnabled", "false");
  if (result.get("FifoThroughputLimit") === "perMessageGroupId" && result.get("DeduplicationScope") !== "messageGroup") {
    throw invalidAttributeValue(
      "FifoThroughputLimit",
      "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.",
    );
  }
  return result;
}

/** What GetQueueAttributes shows of the kept attributes: the key's reuse period means nothing without a key. */
export function shownAttributes(attributes: ReadonlyMap<string, string>): Map<string, string> {
  const shown = new Map(attributes);
  if (!shown.has("KmsMasterKeyId")) shown.delete("KmsDataKeyReusePeriodSeconds");
  else if (!shown.has("KmsDataKeyReusePeriodSeconds")) shown.set("KmsDataKeyReusePeriodSeconds", "300");
  return shown;
}

function refuseFifoAttribute(name: string): void {
  if (name === "FifoQueue" || name === "ContentBasedDeduplication") throw unknownAttribute(name);
  if (CHOICES.has(name)) throw invalidAttributeName(`You can specify the ${name} only when FifoQueue is set to true.`);
}

function checkValue(name: string, value: string): string {
  const text = TEXTS.get(name);
  if (text !== undefined) return value === "" ? "" : text(name, value);
  const bounds = INTEGERS.get(name);
  if (bounds !== undefined) return checkInteger(name, value, bounds);
  const choices = CHOICES.get(name);
  if (choices !== undefined && !choices.includes(value)) throw invalidAttributeValue(name);
  return choices === undefined ? checkSwitch(name, value) : value;
}

function checkInteger(name: string, value: string, [least, most]: readonly [number, number]): string {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) throw invalidAttributeValue(name);
  return String(number);
}

function checkSwitch(name: string, value: string): string {
  const lower = value.toLowerCase();
  if (lower !== "true" && lower !== "false") throw invalidAttributeValue(name);
  return lower;
}

function checkPolicy(name: string, value: string): string {
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    throw invalidAttributeValue(name);
  }
}

function checkAllowPolicy(_name: string, value: string): string {
  const { permission, sourceArns } = parseRedriveAllowPolicy(value);
  return JSON.stringify(
    permission === "byQueue" ? { redrivePermission: permission, sourceQueueArns: sourceArns } : { redrivePermission: permission },
  );
}
