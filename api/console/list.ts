/** A kind's records as a table: filtered by status, in pages, the newest first; a script can sort the page that is shown. */
import type { Kind } from "../../domain/kind.ts";
import type { RecordSummary } from "../../domain/listing.ts";
import { type Html, html } from "../pages/html.ts";
import { chip, wordsOf } from "../pages/status.ts";
import { moment } from "../pages/time-line.ts";
import { queryOf } from "../query.ts";
import { shownAs } from "./kinds.ts";

export interface Listed {
  readonly kind: Kind;
  readonly status: string | undefined;
  readonly records: readonly RecordSummary[];
  readonly next: string | undefined;
  /** Whether pages come before this one. */
  readonly isLater: boolean;
}

export function listPage({ kind, status, records, next, isLater }: Listed): Html {
  const here = kind.name;
  return html`<h1>${wordsOf(kind.name)}</h1>
<div class="tools">
<form method="get" action="${here}" class="inline">
<label for="status">Status</label>
<select id="status" name="status"><option value="">All</option>${Object.keys(kind.transitions).map(
    (one) => html`<option value="${one}"${one === status && html` selected`}>${wordsOf(one)}</option>`,
  )}</select>
<button class="quiet">Show</button>
</form>
<form method="get" action="../find" class="inline" role="search">
<input type="hidden" name="kind" value="${kind.name}">
<label for="id">Id</label>
<input id="id" name="id" required maxlength="48" placeholder="of one ${kind.noun}" autocomplete="off" spellcheck="false">
<button class="quiet">Find</button>
</form>
</div>
${records.length === 0 ? empty(kind, status, isLater) : table(kind, records)}
<p class="pages">${isLater && html`<a class="button quiet" href="${here}${queryOf({ status })}">Newest</a> `}${
    next !== undefined && html`<a class="button quiet" href="${here}${queryOf({ status, token: next })}">Older</a>`
  }</p>`;
}

function empty(kind: Kind, status: string | undefined, isLater: boolean): Html {
  if (isLater) return html`<p class="empty">There are no older ones.</p>`;
  return html`<p class="empty">${status === undefined ? `There are no ${kind.name} yet.` : `No ${kind.noun} is ${wordsOf(status).toLowerCase()} now.`}</p>`;
}

function table(kind: Kind, records: readonly RecordSummary[]): Html {
  const shown = shownAs(kind);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${wordsOf(kind.name)}"><table data-sorts>
<caption class="soft">The newest first.</caption>
<thead><tr><th scope="col">${wordsOf(kind.noun)}</th><th scope="col">Status</th><th scope="col" class="number">Version</th><th scope="col">Made</th><th scope="col">Changed</th><th scope="col">Id</th></tr></thead>
<tbody>${records.map(
    ({ id, attributes, status, version, historyVersion, createdAt, updatedAt }) => html`<tr>
<th scope="row"><a href="${kind.name}/${id}">${shown.title(attributes)}</a></th>
<td>${chip(status)}${historyVersion < version && html` <span class="soft">on its way</span>`}</td>
<td class="number">${version}</td><td>${moment(createdAt)}</td><td>${moment(updatedAt)}</td><td><code>${id}</code></td>
</tr>`,
  )}</tbody></table></div>`;
}
