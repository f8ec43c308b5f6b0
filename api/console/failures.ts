/** What was given up and waits for a person, each with what went wrong and a way to try it again. */
import { z } from "zod";
import { type Html, html } from "../pages/html.ts";
import { wordsOf } from "../pages/status.ts";
import { moment } from "../pages/time-line.ts";
import { queryOf } from "../query.ts";
import { banner, formToken } from "./frame.ts";
import { shortCount } from "./open-failures.ts";
import type { Session } from "./session.ts";

/** As the API's own list gives them. */
export const failurePage = z.object({
  failures: z.array(
    z.object({
      id: z.string(),
      kind: z.string().optional(),
      reason: z.string().optional(),
      failedAt: z.string().optional(),
      recordId: z.string().optional(),
      queue: z.string().optional(),
      attempts: z.array(z.object({ at: z.string(), receives: z.number(), reason: z.string() })),
    }),
  ),
  next_page_token: z.string().optional(),
});

export interface KindOfFailures {
  readonly name: string;
  /** How many wait for a person; undefined where that is not known just now. */
  readonly open: number | undefined;
}

export interface ShownFailures {
  readonly kinds: readonly KindOfFailures[];
  readonly kind: string;
  readonly page: z.infer<typeof failurePage>;
  readonly session: Session;
  /** From this page to the console's root. */
  readonly root: string;
  readonly said?: { readonly tone: "good" | "bad"; readonly text: string } | undefined;
}

export function failuresPart(shown: ShownFailures): Html {
  const { kinds, kind, page, said, root } = shown;
  return html`<h1>Failures</h1>
${said !== undefined && banner(said.tone, said.text)}
<nav aria-label="Kinds" class="places"><ul>${kinds.map(
    ({ name, open }) =>
      html`<li><a href="${root}failures?kind=${name}"${name === kind && html` aria-current="page"`}>${wordsOf(name)}${
        open !== undefined && html` <span class="${open === 0 ? "soft" : "alarm"}">${shortCount(open)} open</span>`
      }</a></li>`,
  )}</ul></nav>
${page.failures.length === 0 ? html`<p class="empty">Nothing of ${kind} waits for a person.</p>` : table(shown)}
${page.next_page_token !== undefined && html`<p><a class="button quiet" href="${root}failures${queryOf({ kind, token: page.next_page_token })}">Older</a></p>`}`;
}

function table({ page, root, session, kind }: ShownFailures): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Failures of ${kind}"><table>
<thead><tr><th scope="col">What</th><th scope="col">Why</th><th scope="col">When</th><th scope="col">Again</th></tr></thead>
<tbody>${page.failures.map(
    ({ id, reason, failedAt, recordId, queue, attempts }) => html`<tr>
<td>${recordId === undefined ? html`A message of <code>${queue}</code>` : html`<a href="${root}records/${kind}/${recordId}">${recordId}</a>`}<br><code class="soft">${id}</code></td>
<td>${reason ?? "No reason is known."}${attempts.length > 0 && attemptsOf(attempts)}</td>
<td>${failedAt !== undefined && moment(failedAt)}</td>
<td><form method="post" action="${root}failures/redrive" data-once>${formToken(session)}<input type="hidden" name="kind" value="${kind}">
<input type="hidden" name="id" value="${id}"><button class="quiet" aria-label="Redrive ${recordId ?? id}">Redrive</button></form></td>
</tr>`,
  )}</tbody></table></div>`;
}

function attemptsOf(attempts: z.infer<typeof failurePage>["failures"][number]["attempts"]): Html {
  return html`<details><summary>${attempts.length} attempts</summary><ol>${attempts.map(
    ({ at, reason }) => html`<li>${moment(at)}: ${reason}</li>`,
  )}</ol></details>`;
}
