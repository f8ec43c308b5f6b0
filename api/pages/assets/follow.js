// @ts-check
/**
 * Keeps the page of a record up to date: the server tells of each change by an event stream on the page's own address, and
 * where there is no stream the page is asked for now and then. Either way what changes (data-live) is taken from the page anew, so that
 * what is shown is always made in one place, the server.
 */
import { takeAnew } from "./anew.js";
import { showTimes } from "./times.js";

const POLL_MS = 10_000;
const POLL_MS_MAX = 120_000;

const connection = /** @type {HTMLElement} */ (document.getElementById("connection"));
let pollMs = POLL_MS;

showTimes(document);
if ("EventSource" in window) listen();
else poll();

function listen() {
  const events = new EventSource(location.href);
  events.addEventListener("open", () => say("This page keeps itself up to date."));
  events.addEventListener("change", () => void refresh().catch(() => say("The latest could not be loaded: trying again soon.")));
  events.addEventListener("error", () => {
    // A browser takes up a stream that broke off by itself, and gives up one that was refused.
    if (events.readyState !== EventSource.CLOSED) return say("Not connected: trying again.");
    poll();
  });
}

/** Asks now and then, less often while nobody answers, and not while nobody looks. */
async function poll() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pollMs * (0.75 + Math.random() / 2)));
    if (document.hidden) continue;
    try {
      await refresh();
      pollMs = POLL_MS;
      say("This page looks for changes every few seconds.");
    } catch {
      pollMs = Math.min(pollMs * 2, POLL_MS_MAX);
      say("Not connected: trying again.");
    }
  }
}

async function refresh() {
  const before = statusShown();
  await takeAnew();
  const status = statusShown();
  // What has role="status" is read out by screen readers when it changes.
  if (status !== before) say(`It is now: ${status}.`);
}

function statusShown() {
  return document.querySelector("[data-status]")?.getAttribute("data-status");
}

/** @param {string} words */
function say(words) {
  if (connection.textContent !== words) connection.textContent = words;
}
