/** The frame of the console's pages: where one can go, and the way out. */
import { type Content, type Html, html } from "../pages/html.ts";
import { type Page, rootFrom } from "../pages/page.ts";
import { wordsOf } from "../pages/status.ts";
import type { Session } from "./session.ts";

/** Stands in what changes by itself, as long as it does: the page is taken anew so often (pages/assets/console.js). */
export const LOOKED_AT = html` data-every="1500"`;

export interface Frame {
  readonly at: string;
  readonly title: string;
  readonly ownAddress?: string | undefined;
  readonly main: Html;
  readonly kinds: readonly string[];
  readonly session: Session;
  /** Which of the places at the top this is. */
  readonly here?: string;
  readonly styles?: readonly string[];
}

export function consolePage({ at, title, ownAddress, main, kinds, session, here, styles = [] }: Frame): Page {
  const root = rootFrom(at);
  const places: readonly (readonly [string, string])[] = [
    ["overview", "console"],
    ...kinds.map((kind) => [kind, `console/records/${kind}`] as const),
    ["failures", "console/failures"],
  ];
  return {
    title,
    at,
    ownAddress,
    main,
    isWide: true,
    scripts: ["console.js"],
    styles: ["console.css", ...styles],
    top: html`<nav aria-label="Console" class="places"><ul>${places.map(
      ([name, address]) => html`<li><a href="${root}${address}"${name === here && html` aria-current="page"`}>${wordsOf(name)}</a></li>`,
    )}</ul></nav>
<form method="post" action="${root}console/sign-out" class="out">${formToken(session)}<button class="quiet">Sign out</button></form>`,
  };
}

export function formToken({ formToken: token }: Session): Html {
  return html`<input type="hidden" name="form_token" value="${token}">`;
}

/** What came of what was just done. */
export function banner(tone: "good" | "bad", content: Content): Html {
  return html`<p class="banner banner--${tone}" role="${tone === "bad" ? "alert" : "status"}">${content}</p>`;
}
