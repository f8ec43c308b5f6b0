/** A record's whole history as pages, oldest first, for whoever follows it. */
import { html } from "./html.ts";
import type { Page } from "./page.ts";
import { type Entry, timeLine } from "./time-line.ts";

export interface HistoryShown {
  readonly at: string;
  readonly noun: string;
  readonly history: readonly Entry[];
  /** From this page's address. */
  readonly back: string;
  readonly next: string | undefined;
}

export function historyPageOf({ at, noun, history, back, next }: HistoryShown): Page {
  const [first, last] = [history.at(0)?.version, history.at(-1)?.version];
  return {
    title: `History of a ${noun}`,
    at,
    main: html`<article>
<p class="kicker"><a href="${back}">Back to the ${noun}</a></p>
<h1>Its whole history</h1>
${first !== undefined && html`<p class="soft">Changes ${first} to ${last}, the latest of them first.</p>`}
${timeLine(history)}
${next !== undefined && html`<p><a class="button" href="${next}">Later changes</a></p>`}
</article>`,
  };
}
