/** The marks of where a state stands, drawn around the origin: as shapes, since not every font has such signs. */
import { type Html, html } from "../../pages/html.ts";
import type { Shown } from "./words.ts";

export const MARKS: Readonly<Record<Shown, Html>> = {
  running: html`<circle class="disc" r="9"/><circle class="sign sign--full" r="3.5"/>`,
  succeeded: html`<circle class="disc" r="9"/><path class="sign" d="M-4 0.5-1.2 3.3 4-2.8"/>`,
  caught: html`<circle class="disc" r="9"/><path class="sign" d="M0-4.5V1M0 4.4V4.5"/>`,
  failed: html`<circle class="disc" r="9"/><path class="sign" d="M-3.2-3.2 3.2 3.2M3.2-3.2-3.2 3.2"/>`,
  stopped: html`<circle class="disc" r="9"/><rect class="sign sign--full" x="-3.2" y="-3.2" width="6.4" height="6.4" rx="1"/>`,
  unreached: html`<circle class="disc" r="8.5"/>`,
};
