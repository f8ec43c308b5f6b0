/**
 * What differs from one kind of record to the next: its name, its keys' prefix, its statuses and their legal changes.
 * Everything else about records, their events and their history is the same for all.
 */
export interface Kind<Status extends string = string> {
  readonly name: string;
  /** What one of them is called, in sentences. */
  readonly noun: string;
  /** The record's key is this prefix and its id; it ends in `#`, which no id has. */
  readonly idPrefix: `${string}#`;
  readonly initial: Status;
  /** Texts among the kind's own attributes that the event of a creation tells its workflow. They are never changed. */
  readonly told?: readonly string[];
  /** The changes a caller may ask for. */
  readonly transitions: Transitions<Status>;
  /** The changes a step inside a workflow may make. */
  readonly stepTransitions: Transitions<Status>;
  /** What an event of this change is called, where events are shown. */
  eventType(from: string | null, to: Status): string;
  /** After how many receives a queue gives up a message of this kind: attempts at it failed, or workers died at it. */
  readonly receivesMax: number;
  /** So many executions are tried for one event; after the last has failed, the event is given up. */
  readonly executionsMax: number;
}

/** Names every status, so that one that is forgotten, or that does not exist, is a type error. */
export type Transitions<Status extends string> = Readonly<Record<Status, readonly Status[]>>;

export function isStatus<Status extends string>(kind: Kind<Status>, text: string): text is Status {
  return Object.hasOwn(kind.transitions, text);
}

/** Where a record of this status may go. A status this version does not know, of a newer one, has nowhere to go. */
export function legalChanges<Status extends string>(kind: Kind<Status>, by: "caller" | "step", from: string): readonly Status[] {
  if (!isStatus(kind, from)) return [];
  return (by === "caller" ? kind.transitions : kind.stepTransitions)[from];
}
