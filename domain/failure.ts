import { CorruptItem, type Item, mapsAt, optionalTextAt, optionalWholeAt, text, textAt, whole, wholeAt } from "./attributes.ts";

/** A failed attempt at a message. */
export interface Attempt {
  readonly at: string;
  /** How often the message had been received by then. */
  readonly receives: number;
  readonly reason: string;
}

const STATES = ["noted", "open", "retrying", "redriven", "resolved"] as const;

export interface Failure {
  readonly id: string;
  /**
   * - noted: attempts have failed, the message is in its queue still, or was handled since;
   * - open: somebody has to see to it; retrying: it is tried again unasked;
   * - redriven: it was sent on its way again; resolved: there was nothing left to do.
   */
  readonly state: (typeof STATES)[number];
  readonly kind?: string;
  readonly reason?: string;
  readonly failedAt?: string;
  readonly closedAt?: string;
  /** Of an event: which attempt was its last. Otherwise 1. */
  readonly attempt: number;
  readonly attempts: readonly Attempt[];
  readonly eventId?: string;
  readonly recordId?: string;
  readonly version?: number;
  readonly queue?: string;
  readonly messageId?: string;
  readonly body?: string;
  /** The body was too long to be kept whole. */
  readonly bodyCut: boolean;
}

const TEXTS = ["kind", "reason", "failedAt", "closedAt", "eventId", "recordId", "queue", "messageId", "body"] as const;

export function parseFailure(item: Item): Failure {
  const version = optionalWholeAt(item, "version");
  return {
    id: textAt(item, "PK"),
    state: stateAt(item),
    attempt: optionalWholeAt(item, "attempt") ?? 1,
    attempts: mapsAt(item, "attempts").map(parseAttempt),
    bodyCut: item.bodyCut?.BOOL === true,
    ...(version === undefined ? {} : { version }),
    ...textsIn(item),
  };
}

export function formatAttempt({ at, receives, reason }: Attempt): Item {
  return { at: text(at), receives: whole(receives), reason: text(reason) };
}

function parseAttempt(item: Item): Attempt {
  return { at: textAt(item, "at"), receives: wholeAt(item, "receives"), reason: textAt(item, "reason") };
}

function stateAt(item: Item): Failure["state"] {
  const stored = optionalTextAt(item, "state") ?? "noted";
  const state = STATES.find((one) => one === stored);
  if (state === undefined) throw new CorruptItem("state", "one of a failure");
  return state;
}

function textsIn(item: Item): { [Name in (typeof TEXTS)[number]]?: string } {
  const found: { [Name in (typeof TEXTS)[number]]?: string } = {};
  for (const name of TEXTS) {
    const value = optionalTextAt(item, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
