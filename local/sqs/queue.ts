import { ACCOUNT } from "../service.ts";
import type { RedrivePolicy } from "./redrive-policy.ts";

/** A queue as its operations need it: the row's attributes, parsed once. */
export interface Queue {
  /** The number its messages carry; a purge gives the queue a new one. */
  readonly id: number;
  readonly arn: string;
  readonly name: string;
  readonly isFifo: boolean;
  /** Every attribute that can be set, as GetQueueAttributes shows it. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  readonly delayMs: number;
  readonly visibilityMs: number;
  readonly retentionMs: number;
  readonly waitMs: number;
  readonly messageBytesMax: number;
  readonly deduplicatesContent: boolean;
  readonly redrivePolicy: RedrivePolicy | undefined;
  /** The deduplication scope before its last change, and when that was: AWS takes a while to follow such a change. */
  readonly scopeBefore: string | undefined;
  readonly scopeChangedAt: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly purgedAt: number | undefined;
}

export function queueArn(region: string, name: string): string {
  return `arn:aws:sqs:${region}:${ACCOUNT}:${name}`;
}

export function queueName(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1);
}

export function queueUrl(origin: string, arn: string): string {
  return `${origin}/${ACCOUNT}/${queueName(arn)}`;
}

const REGIONAL_PATH = /\/queue\/([a-z]{2}(?:-[a-z]+)+-\d)\/[^/]+\/[^/]+$/;

/** The ARN a queue URL means. Any host will do, since callers reach us by many names; a bare name will too, as on AWS. */
export function arnOfUrl(url: string, region: string): string {
  const regional = url.includes("/queue/") ? REGIONAL_PATH.exec(url)?.[1] : undefined;
  return queueArn(regional ?? region, url.slice(url.lastIndexOf("/") + 1));
}

/** How long a change of DeduplicationScope stays without effect: AWS promises 60 seconds and was recorded to need them. */
const SCOPE_CHANGE_MS = 60_000;

export function deduplicatesByGroup(queue: Queue, now: number): boolean {
  const isSettled = now - queue.scopeChangedAt >= SCOPE_CHANGE_MS;
  const scope = isSettled ? queue.attributes.get("DeduplicationScope") : queue.scopeBefore;
  return scope === "messageGroup";
}
