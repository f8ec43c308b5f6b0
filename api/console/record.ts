/** One record: where it is and where it may go, how it got there, and what became of each change's execution. */
import type { HistoryEntry } from "../../domain/event.ts";
import { type Kind, legalChanges } from "../../domain/kind.ts";
import type { StoredRecord } from "../../domain/record.ts";
import { type Content, type Html, html } from "../pages/html.ts";
import { chip, wordsOf } from "../pages/status.ts";
import { moment, timeLine } from "../pages/time-line.ts";
import { banner, formToken, LOOKED_AT } from "./frame.ts";
import { legalFrom, shownAs, takesNote } from "./kinds.ts";
import type { Session } from "./session.ts";

export interface ShownRecord {
  readonly kind: Kind;
  readonly id: string;
  readonly record: StoredRecord;
  /** A part of its history, oldest first. */
  readonly history: readonly HistoryEntry[];
  readonly session: Session;
  /** From this page to the record's own address: nothing, or the way back from a form's. */
  readonly base: string;
  /** What was written into the note of a change that was refused. */
  readonly note?: string | undefined;
  readonly said?: { readonly tone: "good" | "bad"; readonly text: string } | undefined;
  readonly execution: Html;
}

export function recordPart(shown: ShownRecord): Html {
  const { kind, id, record, said, base, execution } = shown;
  const { title, facts } = shownAs(kind);
  return html`<p class="kicker"><a href="${base}../${kind.name}">${wordsOf(kind.name)}</a></p>
<h1>${title(record.attributes)}</h1>
${said !== undefined && banner(said.tone, said.text)}
<p class="now" id="now" data-live${record.pending.size > 0 && LOOKED_AT}>${chip(record.status)} <span class="soft">since ${moment(record.updatedAt)}</span></p>
<div id="facts" data-live>${factsOf([
    ["Id", html`<code>${id}</code>`],
    ["Version", record.version],
    ["Made", moment(record.createdAt)],
    ...facts(record.attributes, record.status).map(([name, text]) => [name, text] as const),
  ])}</div>
<div class="columns">
<section aria-labelledby="changes">
<div id="move" data-live>${changeForm(shown)}</div>
<div id="history" data-live>
<h2 id="changes">What has happened</h2>
${waitingOf(record)}
${historyOf(shown)}
</div>
</section>
<section aria-labelledby="execution" id="shown" data-live>
${execution}
</section>
</div>
<p class="soft" id="connection" role="status"></p>`;
}

export function factsOf(facts: readonly (readonly [string, Content])[]): Html {
  const given = facts.filter(([, content]) => content !== undefined);
  return html`<dl class="facts">${given.map(([name, content]) => html`<div><dt>${name}</dt><dd>${content}</dd></div>`)}</dl>`;
}

function changeForm({ kind, id, record, session, base, note }: ShownRecord): Html {
  const legal = legalFrom(kind, record.status);
  if (legal.length === 0) return html`<p class="soft">No call changes its status from here.</p>`;
  return html`<form method="post" action="${base}${id}/status" class="change" data-once>
${formToken(session)}<input type="hidden" name="version" value="${record.version}">
<fieldset><legend>Move it on</legend>
${takesNote(kind) && html`<p><label for="note">Note of at most 500 bytes, which whoever follows it can read</label><textarea id="note" name="note" rows="2">${note}</textarea></p>`}
<p class="choices">${legal.map((to) => html`<button name="to" value="${to}" class="quiet">${wordsOf(to)}</button> `)}</p>
</fieldset></form>`;
}

function waitingOf({ pending, failed }: StoredRecord): Html {
  const waiting = [...pending.keys()];
  const given = [...failed].map(([version, { reason }]) => html`<li>Change ${version} was given up: ${reason}</li>`);
  return html`${waiting.length > 0 && html`<p class="soft">On its way: ${waiting.length === 1 ? "change" : "changes"} ${waiting.join(", ")}.</p>`}${
    given.length > 0 && html`<ul class="given-up">${given}</ul>`
  }`;
}

function historyOf({ kind, id, history, base }: ShownRecord): Html {
  const first = history[0]?.version ?? 1;
  return html`${timeLine(history, (entry) =>
    hasExecution(kind, entry) ? html`<p><a href="${base}${id}?event=${entry.version}#execution">Its execution</a></p>` : undefined,
  )}${first > 1 && html`<p><a class="button quiet" href="${base}${id}?before=${first}">Earlier changes</a></p>`}`;
}

/** Whether a change has an execution of its own: what a step of a workflow changes is a part of that workflow's. */
export function hasExecution(kind: Kind, { from, to }: Pick<HistoryEntry, "from" | "to">): boolean {
  return from === null || legalChanges(kind, "caller", from).includes(to);
}
