/**
 * The names of things, each made from the one before: a record's id, its events, their executions, its items' keys.
 * They are deterministic, so whoever repeats a step names the same thing, and every name can be taken apart again.
 */
import { hash } from "node:crypto";
import type { Kind } from "./kind.ts";
import { PENDING_SHARDS } from "./limits.ts";

const RECORD_ID = /^[A-Za-z0-9_-]{1,48}$/;
const EVENT_ID = /^([A-Za-z0-9_-]{1,48})-([1-9][0-9]{0,8})$/;
const EXECUTION_NAME = /^(.+)-r([1-9][0-9]{0,3})$/;

export interface EventName {
  readonly id: string;
  readonly version: number;
}

export function isRecordId(text: string): boolean {
  return RECORD_ID.test(text);
}

/** The id of a record's n-th change, and the name of the execution that carries it out. */
export function eventIdOf(id: string, version: number): string {
  return `${id}-${version}`;
}

/** Takes an event's id apart. A version has no leading zero, so one event has one id. */
export function parseEventId(text: string): EventName | undefined {
  const [, id, version] = EVENT_ID.exec(text) ?? [];
  return id === undefined || version === undefined ? undefined : { id, version: Number(version) };
}

/** The name of an event's n-th execution: the event's id, then one with the attempt's number behind it. */
export function executionName(eventId: string, attempt: number): string {
  return attempt === 1 ? eventId : `${eventId}-r${attempt}`;
}

/** The event of an execution, from the execution's name. */
export function parseExecutionName(name: string): (EventName & { readonly attempt: number }) | undefined {
  const [, first, attempt] = EXECUTION_NAME.exec(name) ?? [];
  const event = parseEventId(first ?? name);
  return event && { ...event, attempt: attempt === undefined ? 1 : Number(attempt) };
}

export function recordKey(kind: Kind, id: string): string {
  return `${kind.idPrefix}${id}`;
}

export function pageKey(kind: Kind, id: string, page: number): string {
  return `${recordKey(kind, id)}#HISTORY#${page}`;
}

/** Which partition of the index shows this record's pending events; the kind's name keeps kinds that share a table apart. */
export function pendingShard(kind: Kind, id: string): string {
  const first = hash("sha256", id, "buffer").readUInt32BE();
  return `${kind.name}-${first % PENDING_SHARDS}`;
}

export function pendingShards(kind: Kind): string[] {
  return Array.from({ length: PENDING_SHARDS }, (_, shard) => `${kind.name}-${shard}`);
}

/** The id in a record's key. */
export function recordIdOf(kind: Kind, key: string): string {
  return key.slice(kind.idPrefix.length);
}
