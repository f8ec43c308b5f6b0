/** A refusal as a page, for whoever looked at an address in a browser: what is wrong, and what to say to whoever runs this. */
import type { Answer } from "../operation.ts";
import type { Problem } from "../problem.ts";
import { html } from "./html.ts";
import { pageAnswer } from "./page.ts";

const HEADINGS: Partial<Record<number, string>> = {
  400: "This address is not right",
  401: "You need to sign in for this",
  403: "This is not yours to do",
  404: "There is nothing to see here",
  409: "That cannot be done now",
  412: "It has changed meanwhile",
  429: "Too many calls: please wait a moment",
  500: "Something failed here",
  503: "Please try again in a moment",
};

/** @param at the operation's, so that the page finds its style */
export function problemPage(problem: Problem, requestId: string, at: string): Answer {
  const heading = HEADINGS[problem.status] ?? "This cannot be answered";
  const main = html`<article class="problem">
<h1>${heading}</h1>
<p>${problem.message}</p>
${problem.options.errors && html`<ul>${problem.options.errors.map(({ field, message }) => html`<li><code>${field}</code> ${message}</li>`)}</ul>`}
<p class="soft">Error ${problem.status} · request <code>${requestId}</code></p>
</article>`;
  return pageAnswer(problem.status, { title: heading, at, main }, problem.options.headers);
}
