/** A record's changes, the latest first, as people read them; times are the reader's own where a script can ask for them. */
import type { HistoryEntry } from "../../domain/event.ts";
import { type Html, html } from "./html.ts";
import { toneOf, wordsOf } from "./status.ts";

export function moment(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}

export type Entry = Pick<HistoryEntry, "eventId" | "version" | "from" | "to" | "note" | "changedAt" | "failure">;

/** @param entries oldest first, as they are stored */
export function timeLine(entries: readonly Entry[], beside: (entry: Entry) => Html | undefined = () => undefined): Html {
  if (entries.length === 0) return html`<p class="soft">Nothing has been recorded yet.</p>`;
  return html`<ol class="line" reversed>${entries.toReversed().map((entry) => itemOf(entry, beside(entry)))}</ol>`;
}

function itemOf({ version, to, note, changedAt, failure }: Entry, beside: Html | undefined): Html {
  return html`<li class="line--${toneOf(to)}" value="${version}">
<p class="line-head"><strong>${wordsOf(to)}</strong> ${moment(changedAt)}</p>
${note !== undefined && html`<p class="note">${note}</p>`}${failure !== undefined && html`<p class="soft">Not carried out: ${failure}</p>`}${beside}</li>`;
}
