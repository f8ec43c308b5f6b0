/** An event's execution: how it stands, drawn as the graph of its state machine, with each of its events. */

import type { HistoryEvent, SFNClient } from "@aws-sdk/client-sfn";
import { isOutage } from "../outage.ts";
import { type Html, html } from "../pages/html.ts";
import { chip } from "../pages/status.ts";
import { moment } from "../pages/time-line.ts";
import { executionsOf, historyOf, type ShownExecution } from "./executions.ts";
import { LOOKED_AT } from "./frame.ts";
import { drawExecution } from "./graph/draw.ts";
import { factsOf } from "./record.ts";

export interface WantedExecution {
  readonly sfn: SFNClient;
  readonly stateMachineArn: string;
  readonly eventId: string;
  readonly version: number;
  /** Which attempt is shown; the last where none is named. */
  readonly attempt: number | undefined;
  /** The address of this record's page. */
  readonly address: string;
}

/** Whatever Step Functions answers: where it does not, the rest of the page is there all the same. */
export async function executionPart(wanted: WantedExecution): Promise<Html> {
  const heading = html`<h2 id="execution">Execution of change ${wanted.version}</h2>`;
  try {
    const all = await executionsOf(wanted.sfn, wanted.stateMachineArn, wanted.eventId);
    const shown = all.find(({ attempt }) => attempt === wanted.attempt) ?? all.at(-1);
    if (shown === undefined) return html`${heading}<p class="empty">There is none: it was not started yet, or is kept no longer.</p>`;
    const { definition, events, isCut } = await historyOf(wanted.sfn, shown.arn);
    // The record comes to rest a moment before the execution that has carried its change out, which is looked at until it has, too.
    const isRunning = shown.status === "RUNNING";
    return html`${heading}${attemptsOf(wanted, all, shown)}<div${isRunning && LOOKED_AT}>${summaryOf(shown)}</div>
${definition !== undefined && html`${drawExecution(definition, shown.status, events)}`}
${eventsOf(events, isCut)}`;
  } catch (error) {
    if (!isOutage(error)) throw error;
    return html`${heading}<p class="banner banner--bad" role="alert">Step Functions does not answer just now, so nothing is known of it.</p>`;
  }
}

function attemptsOf({ address, version }: WantedExecution, all: readonly ShownExecution[], shown: ShownExecution): Html | undefined {
  if (all.length < 2) return undefined;
  return html`<p>Attempts: ${all.map(({ attempt, status }) =>
    attempt === shown.attempt
      ? html`<strong>${attempt} ${chip(status)}</strong> `
      : html`<a href="${address}?event=${version}&amp;attempt=${attempt}#execution">${attempt}</a> ${chip(status)} `,
  )}</p>`;
}

function summaryOf({ arn, status, startedAt, endedAt, why }: ShownExecution): Html {
  return factsOf([
    ["State", chip(status)],
    ["Started", startedAt && moment(startedAt.toISOString())],
    ["Took", startedAt && endedAt && `${endedAt.getTime() - startedAt.getTime()} ms`],
    ["Why", why],
    ["ARN", html`<code>${arn}</code>`],
  ]);
}

function eventsOf(events: readonly HistoryEvent[], isCut: boolean): Html {
  return html`<details><summary>${events.length} events${isCut && " and more"}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Events"><table>
<thead><tr><th scope="col" class="number">#</th><th scope="col">Event</th><th scope="col">State</th><th scope="col">When</th></tr></thead>
<tbody>${events.map(
    (event) => html`<tr><td class="number">${event.id}</td><td>${event.type}${failureOf(event)}</td><td>${stateOf(event)}</td>
<td>${event.timestamp !== undefined && preciseMoment(event.timestamp)}</td></tr>`,
  )}</tbody></table></div></details>`;
}

/** Of what an event tells only why something failed is shown: inputs and outputs hold task tokens. */
function failureOf(event: HistoryEvent): Html | undefined {
  const details =
    event.taskFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.executionFailedEventDetails ??
    event.executionAbortedEventDetails ??
    event.executionTimedOutEventDetails;
  const why = [details?.error, details?.cause].filter((part) => part !== undefined && part !== "").join(": ");
  return why === "" ? undefined : html`<br><span class="soft">${why}</span>`;
}

function stateOf(event: HistoryEvent): string | undefined {
  return event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name;
}

function preciseMoment(at: Date): Html {
  const iso = at.toISOString();
  return html`<time>${iso.slice(11, 23)}</time>`;
}
