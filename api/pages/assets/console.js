// @ts-check
/**
 * What the console can do where there are scripts: counters that stay up to date, tables that can be sorted by their headings,
 * forms that are sent once, and a word while a page is on its way. Without scripts all of its pages work.
 */
import { takeAnew } from "./anew.js";
import { watchLoading } from "./loading.js";
import { showTimes } from "./times.js";

showTimes(document);
for (const table of document.querySelectorAll("table[data-sorts]")) makeSortable(/** @type {HTMLTableElement} */ (table));
// Forms may be taken anew, so it is the document that hears of their being sent.
document.addEventListener("submit", sendOnce);
addEventListener("pageshow", letSend);
watchLoading();
void keepAnew();

/** What changes by itself says how often it is to be looked at; where it says nothing any more, all has come to rest. */
async function keepAnew() {
  let slower = 1;
  for (;;) {
    const everyMs = Number(document.querySelector("[data-every]")?.getAttribute("data-every") ?? 0);
    if (everyMs === 0) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(everyMs * slower, 60_000)));
    if (document.hidden) continue;
    try {
      await takeAnew();
      slower = 1;
      say("");
    } catch {
      slower *= 2;
      say("The latest could not be loaded: this is what was known before. Trying again.");
    }
  }
}

/** @param {string} words */
function say(words) {
  const place = document.getElementById("connection");
  if (place !== null && place.textContent !== words) place.textContent = words;
}

/**
 * A heading becomes a button, which sorts the rows of this page.
 * @param {HTMLTableElement} table
 */
function makeSortable(table) {
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = heading.textContent;
    button.title = "Sort this page";
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const isUp = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", isUp ? "descending" : "ascending");
      sort(table, column, isUp ? -1 : 1);
    });
  });
}

/** @param {HTMLTableElement} table @param {number} column @param {1 | -1} direction */
function sort(table, column, direction) {
  const body = table.tBodies[0];
  if (body === undefined) return;
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  const rows = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }));
  rows.sort((one, other) => direction * compare(one.key, other.key));
  body.replaceChildren(...rows.map(({ row }) => row));
}

/** Moments by themselves, not by how they are written here. @param {HTMLTableCellElement | undefined} cell */
function keyOf(cell) {
  return cell?.querySelector("time")?.getAttribute("datetime") ?? cell?.textContent?.trim() ?? "";
}

/** A second click while the first is on its way would send the form again. @param {SubmitEvent} event */
function sendOnce({ target }) {
  if (!(target instanceof HTMLFormElement) || !target.hasAttribute("data-once")) return;
  target.setAttribute("aria-busy", "true");
  // Later, since a button that is disabled now would not be sent along.
  setTimeout(() => setDisabled(target, true));
}

/** Whoever comes back finds forms that can be sent. */
function letSend() {
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.removeAttribute("aria-busy");
    setDisabled(form, false);
  }
}

/** @param {Element} form @param {boolean} isDisabled */
function setDisabled(form, isDisabled) {
  for (const button of form.querySelectorAll("button")) button.disabled = isDisabled;
}
