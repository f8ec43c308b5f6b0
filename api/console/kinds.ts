/** How the console shows records of each kind, and which of the API's operations changes one. Another kind is a line in each. */
import type { KindName } from "../../config/kinds.ts";
import { type Item, optionalTextAt, optionalWholeAt, textAt, wholeAt } from "../../domain/attributes.ts";
import { type Kind, legalChanges } from "../../domain/kind.ts";
import { formatCents } from "../../domain/money.ts";
import { reasonOf } from "../../domain/order.ts";
import { reasonOf as taskReasonOf } from "../../domain/tasks.ts";

interface Shown {
  /** The attributes that a list needs. */
  readonly listed: readonly string[];
  title(attributes: Item): string;
  /** What else there is to say of one in this status, by its name. */
  facts(attributes: Item, status: string): readonly (readonly [string, string | undefined])[];
}

const KINDS_SHOWN: Readonly<Record<KindName, Shown>> = {
  requests: { listed: ["title"], title: (attributes) => textAt(attributes, "title"), facts: () => [] },
  products: {
    listed: ["name"],
    title: (attributes) => textAt(attributes, "name"),
    facts: (attributes) => [
      ["Price", formatCents(wholeAt(attributes, "priceCents"))],
      ["Stock", optionalWholeAt(attributes, "stock")?.toString()],
      ["Description", optionalTextAt(attributes, "description")],
    ],
  },
  orders: {
    listed: ["userId", "totalCents"],
    title: (attributes) =>
      `${formatCents(wholeAt(attributes, "totalCents"))} for ${optionalTextAt(attributes, "userId") ?? "nobody known"}`,
    facts: (attributes, status) => [
      ["Total", formatCents(wholeAt(attributes, "totalCents"))],
      ["User", optionalTextAt(attributes, "userId")],
      ["Reason", reasonOf(status, attributes)],
    ],
  },
  tasks: {
    listed: ["title"],
    title: (attributes) => textAt(attributes, "title"),
    facts: (attributes, status) => [
      ["Description", optionalTextAt(attributes, "description")],
      ["Result", optionalTextAt(attributes, "result")],
      ["Reason", taskReasonOf(status, attributes)],
    ],
  },
};

export function shownAs(kind: Kind): Shown {
  const shown = Object.entries(KINDS_SHOWN).find(([name]) => name === kind.name)?.[1];
  if (shown === undefined) throw new Error(`The console does not know ${kind.name}.`);
  return shown;
}

export interface WantedStatus {
  readonly id: string;
  readonly to: string;
  readonly note: string | undefined;
}

/** A call of the API that does what the console was asked for. */
export interface OwnCall {
  readonly operation: string;
  readonly path: unknown;
  readonly body: unknown;
}

/** A kind whose calls change a status has a line here; of the others callers change none. */
const CHANGES: Readonly<Record<string, (wanted: WantedStatus) => OwnCall>> = {
  requests: ({ id, to, note }) => ({ operation: "changeRequestStatus", path: { id }, body: { status: to, ...(note && { note }) } }),
  products: ({ id }) => ({ operation: "deleteProduct", path: { id }, body: undefined }),
  orders: ({ id, note }) => ({ operation: "cancelOrder", path: { id }, body: { ...(note && { note }) } }),
};

export function changeOf(kind: Kind, wanted: WantedStatus): OwnCall | undefined {
  return legalFrom(kind, undefined).includes(wanted.to) ? CHANGES[kind.name]?.(wanted) : undefined;
}

/** Where the administrator may move a record of this status; of any, where none is named. */
export function legalFrom(kind: Kind, status: string | undefined): readonly string[] {
  if (CHANGES[kind.name] === undefined) return [];
  const from = status === undefined ? Object.keys(kind.transitions) : [status];
  return [...new Set(from.flatMap((one) => legalChanges(kind, "caller", one)))];
}

/** Whether a note can be sent along with a change. */
export function takesNote(kind: Kind): boolean {
  return kind.name !== "products";
}
