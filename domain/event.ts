/**
 * A change of status in its three forms.
 * - `Change`: what happened. It never changes once it has been written.
 * - `ChangeEvent`: the change on its way. As JSON it is the input of the execution that carries it out; that text is stored
 *   with the change, so every start of the execution sends the same bytes, and names are idempotent.
 * - `HistoryEntry`: the change as the worker has written it down.
 * Readers ignore fields they do not know and take every schema version, so an older worker can serve a newer API.
 */
import { type Item, optionalTextAt, text, textAt, whole, wholeAt } from "./attributes.ts";
import { eventIdOf, isRecordId } from "./ids.ts";
import { CALL_ID_LENGTH_MAX, NOTE_BYTES_MAX, SCHEMA_VERSION } from "./limits.ts";

export interface Change {
  readonly eventId: string;
  /** Counts the record's changes; its creation is 1. */
  readonly version: number;
  /** Null for the creation. */
  readonly from: string | null;
  readonly to: string;
  readonly note?: string;
  readonly changedAt: string;
  /** Tells who asked for the change, so that a repeated call finds its own. */
  readonly changeId: string;
  readonly type: string;
}

/**
 * The call that asked for a change, by which the lines and spans of all that follows are found. It is stored with the
 * change, since a start must repeat it to the byte.
 */
export interface Origin {
  /** The call's id, by the name that log lines give it. */
  readonly http?: string;
  /** The W3C trace context that goes on from the call. */
  readonly traceparent?: string;
}

/** What the event of a creation tells its workflow of the record: those of its texts that the kind names (see `Kind.told`). */
export type Details = Readonly<Record<string, string>>;

export interface ChangeEvent extends Change, Origin {
  readonly v: number;
  readonly kind: string;
  readonly id: string;
  readonly details?: Details;
}

export interface HistoryEntry extends Change {
  readonly notifiedAt: string;
  /** Why the event was given up. An entry without it was carried out. */
  readonly failure?: string;
}

export class InvalidEvent extends Error {
  override readonly name = "InvalidEvent";
}

export function isNote(note: string): boolean {
  return Buffer.byteLength(note) <= NOTE_BYTES_MAX;
}

/** The facts a new event is made of; its id and its schema version follow from them. */
export type NewEvent = Omit<ChangeEvent, "v" | "eventId">;

export function newEvent(facts: NewEvent): ChangeEvent {
  if (!isRecordId(facts.id)) throw new InvalidEvent("A record's id is 1 to 48 of A–Z, a–z, 0–9, _ and -.");
  if (facts.note !== undefined && !isNote(facts.note)) throw new InvalidEvent(`A note is at most ${NOTE_BYTES_MAX} bytes.`);
  assertCallId(facts.http);
  return { v: SCHEMA_VERSION, eventId: eventIdOf(facts.id, facts.version), ...facts };
}

/** What is known of the call that something was asked for by, and nothing else of it. */
export function originOf({ http, traceparent }: { readonly [Part in keyof Origin]: string | undefined }): Origin {
  return { ...(traceparent !== undefined && { traceparent }), ...(http !== undefined && { http }) };
}

export function formatInput(event: ChangeEvent): string {
  return JSON.stringify(event);
}

/** Reads an execution's input, or a message made from one. */
export function parseInput(json: string): ChangeEvent {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new InvalidEvent("The event is not JSON.", { cause });
  }
  return parseEvent(value);
}

/** The call that an execution's input goes back to, for those who tell of it only: what cannot be read has none. */
export function originIn(input: string): Origin {
  try {
    return originOf({ http: undefined, traceparent: undefined, ...parseInput(input) });
  } catch {
    return {};
  }
}

export function parseEvent(value: unknown): ChangeEvent {
  if (typeof value !== "object" || value === null) throw new InvalidEvent("The event is not an object.");
  const fields = new Map<string, unknown>(Object.entries(value));
  const id = textOf(fields, "id");
  const version = wholeOf(fields, "version");
  const eventId = textOf(fields, "eventId");
  if (!isRecordId(id) || eventId !== eventIdOf(id, version)) throw new InvalidEvent("The event's eventId is not its id and version.");
  const from = fields.get("from") === null ? null : textOf(fields, "from");
  const facts = { kind: textOf(fields, "kind"), id, version, from, to: textOf(fields, "to"), ...optionalOf(fields, "note") };
  const origin = { changedAt: textOf(fields, "changedAt"), changeId: textOf(fields, "changeId"), type: textOf(fields, "type") };
  const call = { ...optionalOf(fields, "traceparent"), ...optionalOf(fields, "http") };
  assertCallId(call.http);
  const details = detailsOf(fields.get("details"));
  return { v: wholeOf(fields, "v"), eventId, ...facts, ...origin, ...call, ...(details !== undefined && { details }) };
}

export function entryOf(event: ChangeEvent, notifiedAt: string, failure?: string): HistoryEntry {
  const { eventId, version, from, to, note, changedAt, changeId, type } = event;
  return {
    eventId,
    version,
    from,
    to,
    changedAt,
    changeId,
    type,
    notifiedAt,
    ...(note !== undefined && { note }),
    ...(failure !== undefined && { failure }),
  };
}

export function formatEntry(entry: HistoryEntry): Item {
  return {
    eventId: text(entry.eventId),
    version: whole(entry.version),
    from: entry.from === null ? { NULL: true } : text(entry.from),
    to: text(entry.to),
    ...(entry.note !== undefined && { note: text(entry.note) }),
    changedAt: text(entry.changedAt),
    notifiedAt: text(entry.notifiedAt),
    changeId: text(entry.changeId),
    type: text(entry.type),
    ...(entry.failure !== undefined && { failure: text(entry.failure) }),
  };
}

export function parseEntry(item: Item): HistoryEntry {
  const note = optionalTextAt(item, "note");
  const failure = optionalTextAt(item, "failure");
  return {
    eventId: textAt(item, "eventId"),
    version: wholeAt(item, "version"),
    from: item.from?.NULL === true ? null : textAt(item, "from"),
    to: textAt(item, "to"),
    ...(note === undefined ? {} : { note }),
    changedAt: textAt(item, "changedAt"),
    changeId: textAt(item, "changeId"),
    type: textAt(item, "type"),
    notifiedAt: textAt(item, "notifiedAt"),
    ...(failure === undefined ? {} : { failure }),
  };
}

function textOf(fields: ReadonlyMap<string, unknown>, name: string): string {
  const value = fields.get(name);
  if (typeof value !== "string" || value === "") throw new InvalidEvent(`The event's ${name} is not a text.`);
  return value;
}

function wholeOf(fields: ReadonlyMap<string, unknown>, name: string): number {
  const value = fields.get(name);
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1)
    throw new InvalidEvent(`The event's ${name} is not a version.`);
  return value;
}

function detailsOf(value: unknown): Details | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new InvalidEvent("The event's details are not an object.");
  const details = Object.entries(value).map(([name, detail]: [string, unknown]) => {
    if (typeof detail !== "string") throw new InvalidEvent(`The event's details.${name} is not a text.`);
    return [name, detail] as const;
  });
  return Object.fromEntries(details);
}

function assertCallId(http: string | undefined): void {
  if (http !== undefined && http.length > CALL_ID_LENGTH_MAX)
    throw new InvalidEvent(`The event's http is longer than ${CALL_ID_LENGTH_MAX} characters.`);
}

function optionalOf<Name extends "note" | keyof Origin>(fields: ReadonlyMap<string, unknown>, name: Name): { [key in Name]?: string } {
  const value = fields.get(name);
  if (value === undefined) return {};
  if (typeof value !== "string") throw new InvalidEvent(`The event's ${name} is not a text.`);
  const found: { [key in Name]?: string } = {};
  found[name] = value;
  return found;
}
