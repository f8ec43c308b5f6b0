// @ts-check
/**
 * Takes the parts that change (data-live) from the page anew: it is loaded from its own address, so that what is shown is always
 * made in one place, the server.
 */
import { showTimes } from "./times.js";

const FETCH_MS_MAX = 10_000;

/** @type {Promise<unknown>} */
let last = Promise.resolve();

/** One after another, so that an older answer never takes the place of a newer one. @returns {Promise<void>} */
export function takeAnew() {
  const next = last.catch(() => {}).then(load);
  last = next;
  return next;
}

async function load() {
  const address = new URL(document.body.dataset.address ?? "", location.href);
  const answer = await fetch(address, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(FETCH_MS_MAX) });
  // Whoever is not signed in any more is shown where to.
  if (answer.status === 401) location.assign(address);
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const before of document.querySelectorAll("[data-live]")) {
    const now = page.getElementById(before.id);
    if (now === null) throw new Error("no page");
    showTimes(now);
    keepOpen(before, now);
    if (now.outerHTML !== before.outerHTML) replace(before, now);
  }
  document.title = page.title;
}

/** What the reader has opened stays open. @param {Element} before @param {Element} now */
function keepOpen(before, now) {
  const opened = [...before.querySelectorAll("details")].map(({ open }) => open);
  now.querySelectorAll("details").forEach((details, at) => {
    details.open = opened[at] ?? false;
  });
}

/**
 * Whoever was at something in it still is, sees the same part of what scrolls, and has written what they have.
 * @param {Element} before @param {Element} now
 */
function replace(before, now) {
  const reached = "a[href], summary, textarea, button, [tabindex]";
  const written = [...before.querySelectorAll("textarea")].map(({ value }) => value);
  now.querySelectorAll("textarea").forEach((text, at) => {
    text.value = written[at] ?? text.value;
  });
  const place = [...before.querySelectorAll(reached)].indexOf(/** @type {Element} */ (document.activeElement));
  const scrolled = [...before.querySelectorAll(".scroll")].map(({ scrollLeft }) => scrollLeft);
  before.replaceWith(now);
  now.querySelectorAll(".scroll").forEach((part, at) => {
    part.scrollLeft = scrolled[at] ?? 0;
  });
  const there = place < 0 ? undefined : now.querySelectorAll(reached)[place];
  if (there instanceof HTMLElement) there.focus();
}
