import { isObject, type Json, type JsonObject } from "../json.ts";
import { invalidValue } from "./errors.ts";

export interface RedrivePolicy {
  readonly deadLetterArn: string;
  readonly maxReceiveCount: number;
}

export interface RedriveAllowPolicy {
  readonly permission: string;
  readonly sourceArns: readonly string[];
}

const RECEIVE_COUNT_MAX = 1000;
const SOURCE_ARNS_MAX = 10;

export function parseRedrivePolicy(text: string): RedrivePolicy {
  const refuse = (reason: string) => invalidValue(text, "RedrivePolicy", reason);
  const policy = parseMap(text);
  if (policy === undefined) throw refuse("Redrive policy is not a valid JSON map.");
  const { deadLetterTargetArn, maxReceiveCount } = policy;
  if (deadLetterTargetArn === undefined) throw refuse("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  if (maxReceiveCount === undefined) throw refuse("Redrive policy does not contain mandatory attribute: maxReceiveCount.");
  if (typeof deadLetterTargetArn !== "string" || !/^arn:aws:sqs:[^:]+:[^:]+:[^:]+$/.test(deadLetterTargetArn)) {
    throw refuse("Invalid value for deadLetterTargetArn.");
  }
  const count = wholeNumber(maxReceiveCount);
  if (count === undefined || count < 1 || count > RECEIVE_COUNT_MAX) {
    const given = typeof maxReceiveCount === "string" ? maxReceiveCount : JSON.stringify(maxReceiveCount);
    throw refuse(`Invalid value for maxReceiveCount: ${given}, valid values are from 1 to ${RECEIVE_COUNT_MAX} both inclusive.`);
  }
  return { deadLetterArn: deadLetterTargetArn, maxReceiveCount: count };
}

export function formatRedrivePolicy(policy: RedrivePolicy): string {
  return JSON.stringify({ deadLetterTargetArn: policy.deadLetterArn, maxReceiveCount: policy.maxReceiveCount });
}

export function parseRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const refuse = (reason: string) => invalidValue(text, "RedriveAllowPolicy", reason);
  const policy = parseMap(text);
  if (policy === undefined) throw refuse("Amazon SQS can't create the redrive allow policy, as it's not a valid JSON map.");
  const { redrivePermission, sourceQueueArns } = policy;
  if (redrivePermission !== "allowAll" && redrivePermission !== "denyAll" && redrivePermission !== "byQueue") {
    throw refuse("Amazon SQS can't create the redrive allow policy, as it's in an unsupported format: redrivePermission.");
  }
  const arns = sourceQueueArns === undefined ? [] : textsOf(sourceQueueArns);
  const isFitting = redrivePermission === "byQueue" ? arns !== undefined && arns.length >= 1 : sourceQueueArns === undefined;
  if (arns === undefined || !isFitting || arns.length > SOURCE_ARNS_MAX) {
    throw refuse("Amazon SQS can't create the redrive allow policy, as it's in an unsupported format: sourceQueueArns.");
  }
  return { permission: redrivePermission, sourceArns: arns };
}

/** Whether a queue with this RedriveAllowPolicy may be the dead-letter queue of `sourceArn`; without a policy all may. */
export function allowsSource(allowPolicy: string | undefined, sourceArn: string): boolean {
  if (allowPolicy === undefined) return true;
  const { permission, sourceArns } = parseRedriveAllowPolicy(allowPolicy);
  return permission === "allowAll" || (permission === "byQueue" && sourceArns.includes(sourceArn));
}

function parseMap(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** AWS takes the count as a number or as a text of digits. */
function wholeNumber(value: Json): number | undefined {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) ? number : undefined;
}

function textsOf(value: Json): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((entry) => typeof entry === "string");
  return texts.length === value.length ? texts : undefined;
}
