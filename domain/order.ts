/** What an order's record holds beside what all records do: what was ordered, by whom, and what its steps have come to. */
import {
  CorruptItem,
  type Item,
  map,
  maps,
  mapsAt,
  optionalTextAt,
  optionalWholeAt,
  present,
  text,
  textAt,
  whole,
  wholeAt,
} from "./attributes.ts";
import type { HistoryEntry } from "./event.ts";

export interface OrderItem {
  readonly name: string;
  readonly priceCents: number;
  readonly quantity: number;
  /** The product whose stock is meant; without it, the name tells. */
  readonly productId?: string;
}

/** What somebody ordered: things, perhaps at a promotion's price, or an amount of money and nothing more. */
export type Wanted = { readonly items: readonly OrderItem[]; readonly promoCode?: string } | { readonly amountCents: number };

export interface Order {
  /** Undefined where it came by a queue, from nobody who logged in. */
  readonly userId?: string;
  readonly email?: string;
  readonly wanted: Wanted;
  readonly totalCents: number;
  /** The runs of its workflow so far, by their executions' names. */
  readonly runs: readonly string[];
  /** The one run whose steps may do anything; none where the last was closed. */
  readonly openRun: string | undefined;
  /** Why it was rejected, or failed. */
  readonly reason?: string;
  readonly marks: ReadonlyMap<StepName, StepMark>;
}

/** The steps that leave a mark, in the order they are shown in. */
export const STEPS = ["inventory", "fraud", "payment", "invoice", "notification", "refund", "release"] as const;
export type StepName = (typeof STEPS)[number];

/** What became of a step in a run. */
export interface StepMark {
  readonly run: string;
  readonly outcome: string;
  readonly at: string;
  /** Which attempt at the step's message it was. */
  readonly attempt: number;
  readonly reason?: string;
  readonly reference?: string;
}

export type NewOrder = Pick<Order, "userId" | "email" | "wanted" | "totalCents">;

/** The own attributes of an order's record as it is made, its first run open. */
export function formatOrder({ userId, email, wanted, totalCents }: NewOrder, firstRun: string): Item {
  return present({
    userId: userId === undefined ? undefined : text(userId),
    email: email === undefined ? undefined : text(email),
    ...formatWanted(wanted),
    totalCents: whole(totalCents),
    runs: { L: [text(firstRun)] },
    openRun: text(firstRun),
  });
}

export function parseOrder(attributes: Item): Order {
  const userId = optionalTextAt(attributes, "userId");
  const email = optionalTextAt(attributes, "email");
  const reason = optionalTextAt(attributes, "reason");
  return {
    ...(userId !== undefined && { userId }),
    ...(email !== undefined && { email }),
    ...(reason !== undefined && { reason }),
    wanted: parseWanted(attributes),
    totalCents: wholeAt(attributes, "totalCents"),
    runs: textsAt(attributes, "runs"),
    openRun: optionalTextAt(attributes, "openRun"),
    marks: new Map(STEPS.flatMap((step) => (attributes[step] === undefined ? [] : [[step, parseMark(attributes, step)] as const]))),
  };
}

/** The ends that an order has a reason for. */
const ENDS_WITH_REASON: ReadonlySet<string> = new Set(["REJECTED", "FAILED", "CANCELLED"]);

/** Why an order ended as it did. What an earlier run failed by is no reason of an order that a redrive has carried on. */
export function reasonOf(status: string, attributes: Item): string | undefined {
  return ENDS_WITH_REASON.has(status) ? optionalTextAt(attributes, "reason") : undefined;
}

const GIVEN_UP = "A step of it failed.";

/** A history as the customer may have it: why a change was given up is told in the words of whatever has failed. */
export function historyShown(entries: readonly HistoryEntry[]): HistoryEntry[] {
  return entries.map((entry) => (entry.failure === undefined ? entry : { ...entry, failure: GIVEN_UP }));
}

export function formatRuns(runs: readonly string[]): Item[string] {
  return { L: runs.map(text) };
}

export function formatMark(mark: StepMark): Item[string] {
  return map(
    present({
      run: text(mark.run),
      outcome: text(mark.outcome),
      at: text(mark.at),
      attempt: whole(mark.attempt),
      reason: mark.reason === undefined ? undefined : text(mark.reason),
      reference: mark.reference === undefined ? undefined : text(mark.reference),
    }),
  );
}

function parseMark(attributes: Item, step: StepName): StepMark {
  const mark = attributes[step]?.M;
  if (mark === undefined) throw new CorruptItem(step, "a map");
  const reason = optionalTextAt(mark, "reason");
  const reference = optionalTextAt(mark, "reference");
  return {
    run: textAt(mark, "run"),
    outcome: textAt(mark, "outcome"),
    at: textAt(mark, "at"),
    attempt: wholeAt(mark, "attempt"),
    ...(reason !== undefined && { reason }),
    ...(reference !== undefined && { reference }),
  };
}

function formatWanted(wanted: Wanted): Item {
  if ("amountCents" in wanted) return { amountCents: whole(wanted.amountCents) };
  const { items, promoCode } = wanted;
  return present({ items: maps(items.map(formatItem)), promoCode: promoCode === undefined ? undefined : text(promoCode) });
}

function parseWanted(attributes: Item): Wanted {
  const amountCents = optionalWholeAt(attributes, "amountCents");
  if (amountCents !== undefined) return { amountCents };
  const promoCode = optionalTextAt(attributes, "promoCode");
  return { items: mapsAt(attributes, "items").map(parseItem), ...(promoCode !== undefined && { promoCode }) };
}

function formatItem({ name, priceCents, quantity, productId }: OrderItem): Item {
  return present({
    name: text(name),
    priceCents: whole(priceCents),
    quantity: whole(quantity),
    productId: productId === undefined ? undefined : text(productId),
  });
}

function parseItem(item: Item): OrderItem {
  const productId = optionalTextAt(item, "productId");
  return {
    name: textAt(item, "name"),
    priceCents: wholeAt(item, "priceCents"),
    quantity: wholeAt(item, "quantity"),
    ...(productId !== undefined && { productId }),
  };
}

function textsAt(item: Item, name: string): string[] {
  const list = item[name]?.L;
  if (list === undefined) throw new CorruptItem(name, "a list");
  return list.map((value, index) => {
    if (value.S === undefined) throw new CorruptItem(`${name}[${index}]`, "a string");
    return value.S;
  });
}
