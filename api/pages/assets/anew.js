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
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(FETCH_MS_MAX) });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const before of document.querySelectorAll("[data-live]")) {
    const now = page.getElementById(before.id);
    if (now === null) throw new Error("no page");
    showTimes(now);
    if (now.outerHTML !== before.outerHTML) replace(before, now);
  }
  document.title = page.title;
}

/** Whoever was at a link in it still is. @param {Element} before @param {Element} now */
function replace(before, now) {
  const { activeElement } = document;
  const inFocus = activeElement instanceof HTMLAnchorElement && before.contains(activeElement) ? activeElement.getAttribute("href") : null;
  before.replaceWith(now);
  if (inFocus !== null) /** @type {HTMLElement | null} */ (now.querySelector(`a[href="${CSS.escape(inFocus)}"]`))?.focus();
}
