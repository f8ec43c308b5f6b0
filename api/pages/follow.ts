/**
 * The page of whoever follows a record by an address they were given: what it is, where it is, and how it got there. It grows
 * by itself: `follow.js` is told of changes and takes that part (data-live) from the page anew.
 */
import { type Content, type Html, html } from "./html.ts";
import type { Page } from "./page.ts";
import { chip, wordsOf } from "./status.ts";
import { type Entry, moment, timeLine } from "./time-line.ts";

export interface Followed {
  /** The operation that shows it. */
  readonly at: string;
  readonly noun: string;
  readonly title: string;
  readonly status: string;
  readonly version: number;
  readonly historyVersion: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The latest of its history, oldest first. */
  readonly history: readonly Entry[];
  /** Where the whole history is, from this address. */
  readonly historyAddress: string;
  /** What else there is to say of it, by its name. */
  readonly facts?: readonly (readonly [string, Content])[];
  readonly more?: Html;
}

/** So many of its latest changes are shown with a record. */
export const HISTORY_SHOWN = 20;
const REFRESH_SECONDS = 15;

export function followPage(followed: Followed): Page {
  const { at, title, status } = followed;
  return {
    title: `${wordsOf(status)}: ${title}`,
    at,
    main: html`<article id="live" data-live>${live(followed)}</article>
<p class="soft" id="connection" role="status"></p>`,
    scripts: ["follow.js"],
    refreshSeconds: REFRESH_SECONDS,
  };
}

function live({
  noun,
  title,
  status,
  version,
  historyVersion,
  createdAt,
  updatedAt,
  history,
  historyAddress,
  facts = [],
  more,
}: Followed): Html {
  const isRecorded = historyVersion >= version;
  return html`
<p class="kicker">${noun}</p>
<h1>${title}</h1>
<p class="now" data-status="${wordsOf(status)}">${chip(status)} <span class="soft">since ${moment(updatedAt)}</span></p>
<dl class="facts"><div><dt>Made</dt><dd>${moment(createdAt)}</dd></div>${facts.map(
    ([name, content]) => html`<div><dt>${name}</dt><dd>${content}</dd></div>`,
  )}</dl>
${more}
<h2>What has happened</h2>
${!isRecorded && html`<p class="soft pending">The latest change is being recorded.</p>`}
${timeLine(history)}
${history.length < historyVersion && html`<p class="soft">These are the latest ${history.length} of ${historyVersion} changes. <a href="${historyAddress}">See all of them</a></p>`}
`;
}
