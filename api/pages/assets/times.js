// @ts-check
/** Shows every moment in the reader's own time and language; the exact one stays in the element's title. */

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const precise = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** @param {ParentNode} part */
export function showTimes(part) {
  for (const time of part.querySelectorAll("time[datetime]")) {
    const iso = time.getAttribute("datetime") ?? "";
    const moment = new Date(iso);
    if (Number.isNaN(moment.getTime())) continue;
    time.textContent = (time.hasAttribute("data-precise") ? precise : format).format(moment);
    time.setAttribute("title", iso);
  }
}
