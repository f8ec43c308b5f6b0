/** How a status is shown: in words, and with a tone and a mark, so that no colour alone says it. */
import { type Html, html } from "./html.ts";

type Tone = "waiting" | "moving" | "good" | "bad" | "ended";

const TONES: Readonly<Record<string, Tone>> = {
  PENDING: "waiting",
  ON_HOLD: "waiting",
  IN_PROGRESS: "moving",
  PROCESSING: "moving",
  PAID: "moving",
  CANCELLING: "moving",
  COMPLETED: "good",
  ACTIVE: "good",
  PROCESSED: "good",
  SUCCEEDED: "good",
  RUNNING: "moving",
  REJECTED: "bad",
  FAILED: "bad",
  TIMED_OUT: "bad",
  ABORTED: "ended",
  CANCELLED: "ended",
  DELETED: "ended",
};

const MARKS: Readonly<Record<Tone, string>> = { waiting: "◔", moving: "◑", good: "✓", bad: "✕", ended: "–" };

export function toneOf(status: string): Tone {
  return TONES[status.toUpperCase()] ?? "waiting";
}

/** IN_PROGRESS as "In progress". */
export function wordsOf(status: string): string {
  const words = status.toLowerCase().replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

export function chip(status: string): Html {
  const tone = toneOf(status);
  return html`<span class="chip chip--${tone}"><span aria-hidden="true">${MARKS[tone]}</span> ${wordsOf(status)}</span>`;
}
