// @ts-check
/**
 * Says that a page is on its way where it takes long to come: by a bar at the top, which moves nothing that is there, and to
 * screen readers. What comes at once comes without a word.
 */
const QUIET_MS = 150;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
const bar = document.createElement("div");
bar.className = "loading";
bar.setAttribute("role", "progressbar");
bar.setAttribute("aria-label", "Loading");

export function watchLoading() {
  // On the window, so that whoever takes a click or a form for themselves has done so by now.
  addEventListener("click", (event) => {
    if (leadsAway(event)) begin();
  });
  addEventListener("submit", (event) => {
    if (!event.defaultPrevented && staysHere(event.target, event.submitter)) begin();
  });
  // The page as it was left comes back as it was left, or was never left: its reader has called the other one off.
  for (const back of ["pageshow", "popstate"]) addEventListener(back, end);
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape") end();
  });
}

function begin() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    document.body.append(bar);
    document.querySelector("main")?.setAttribute("aria-busy", "true");
  }, QUIET_MS);
}

function end() {
  clearTimeout(timer);
  bar.remove();
  document.querySelector("main")?.removeAttribute("aria-busy");
}

/** Whether this window goes to another page by a click. @param {MouseEvent} event */
function leadsAway({ target, button, altKey, ctrlKey, metaKey, shiftKey, defaultPrevented }) {
  if (defaultPrevented || button !== 0 || altKey || ctrlKey || metaKey || shiftKey) return false;
  const link = target instanceof Element ? target.closest("a") : null;
  if (link === null || link.href === "" || link.hasAttribute("download") || !isOwnWindow(link.target)) return false;
  const [to, from] = [link.href.split("#"), location.href.split("#")];
  return to[0] !== from[0] || to.length === 1;
}

/** Whether a form's answer takes this page's place. @param {EventTarget | null} form @param {Element | null} submitter */
function staysHere(form, submitter) {
  if (!(form instanceof HTMLFormElement)) return false;
  return isOwnWindow(submitter?.getAttribute("formtarget") ?? form.target);
}

/** @param {string} target */
function isOwnWindow(target) {
  return target === "" || target === "_self";
}
