/** How things stand: what is on its way in each kind, how long the oldest has waited, the queues, and what waits for a person. */
import type { SQSClient } from "@aws-sdk/client-sqs";
import { type Backlog, readBacklog } from "../../domain/backlog.ts";
import type { FailureStore } from "../../domain/failures.ts";
import { countMessages, type QueueCounts } from "../../workflows/queue-counts.ts";
import type { ApiMetrics } from "../metrics.ts";
import { type Html, html } from "../pages/html.ts";
import { wordsOf } from "../pages/status.ts";
import type { ApiKind } from "../records.ts";
import { known, READ_MS_MAX } from "./known.ts";
import { countOpenFailures, FAILURES_COUNTED_MAX } from "./open-failures.ts";

export interface OverviewParts {
  readonly kinds: readonly ApiKind[];
  readonly failures: FailureStore;
  readonly sqs: SQSClient;
  readonly metrics: ApiMetrics;
}

const UNKNOWN = html`<span class="soft">not known</span>`;

interface Standing {
  readonly name: string;
  readonly backlog: Backlog | undefined;
  readonly queued: QueueCounts | undefined;
  readonly dead: QueueCounts | undefined;
  readonly failures: number | undefined;
  readonly changes: number;
}

export async function overviewPart(parts: OverviewParts): Promise<Html> {
  const changes = await parts.metrics.changesByKind();
  const all = await Promise.all(parts.kinds.map((kind) => standingOf(parts, kind, changes.get(kind.ledger.kind.name) ?? 0)));
  const now = new Date().toISOString();
  return html`<h1>How things stand</h1>
<div id="live" data-live data-every="3000"><div class="scroll" tabindex="0" role="region" aria-label="How things stand"><table>
<caption class="soft">Looked at <time datetime="${now}" data-precise>${now.slice(11, 19)} UTC</time>.</caption>
<thead><tr><th scope="col">Kind</th><th scope="col" class="number">Records with changes on their way</th><th scope="col" class="number">Oldest of them</th>
<th scope="col" class="number">Messages waiting</th><th scope="col" class="number">At work</th><th scope="col" class="number">Dead letters</th>
<th scope="col" class="number">Failures open</th><th scope="col" class="number">Changes since this API started</th></tr></thead>
<tbody>${all.map(rowOf)}</tbody></table></div></div>
<p class="soft" id="connection" role="status"></p>`;
}

async function standingOf({ failures, sqs }: OverviewParts, { ledger, queues }: ApiKind, changes: number): Promise<Standing> {
  const { name } = ledger.kind;
  const deadLetters = [...new Set(queues.map(({ deadLettersUrl }) => deadLettersUrl))];
  const [backlog, queued, dead, open] = await Promise.all([
    known(readBacklog(ledger)),
    known(
      countAll(
        sqs,
        queues.map(({ url }) => url),
      ),
    ),
    known(countAll(sqs, deadLetters)),
    countOpenFailures(failures, name),
  ]);
  return { name, backlog, queued, dead, failures: open, changes };
}

async function countAll(sqs: SQSClient, urls: readonly string[]): Promise<QueueCounts> {
  const counts = await Promise.all(urls.map((url) => countMessages(sqs, url, READ_MS_MAX)));
  const sum = (of: keyof QueueCounts) => counts.reduce((total, one) => total + one[of], 0);
  return { waiting: sum("waiting"), inFlight: sum("inFlight") };
}

function rowOf({ name, backlog, queued, dead, failures, changes }: Standing): Html {
  const letters = dead && dead.waiting + dead.inFlight;
  return html`<tr><th scope="row"><a href="console/records/${name}">${wordsOf(name)}</a></th>
${cell(backlog?.records)}${cell(backlog && `${(backlog.oldestMs / 1_000).toFixed(1)} s`)}${cell(queued?.waiting)}${cell(queued?.inFlight)}
${cell(letters, letters !== 0)}<td class="number${failures !== 0 ? " alarm" : ""}">${
    failures === undefined
      ? UNKNOWN
      : html`<a href="console/failures?kind=${name}">${failures}${failures === FAILURES_COUNTED_MAX && " or more"}</a>`
  }</td>${cell(changes)}</tr>`;
}

function cell(value: number | string | undefined, isAlarming = false): Html {
  return html`<td class="number${isAlarming && value !== undefined ? " alarm" : ""}">${value ?? UNKNOWN}</td>`;
}
