// The shelter board renews itself while nobody is at work on it; else it says that something changed.

import { whenShown } from "../centre/shown.js";

const EVERY = 12_000; // milliseconds
const AT_HAND = 5_000; // after a key or a pointer nothing moves for this long

let touched = 0;
for (const kind of ["pointermove", "pointerdown", "keydown", "scroll"]) {
  document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
}

// Whether a family is chosen, something is open, or something is typed.
function atWork(board) {
  const typed = [...board.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);
  return typed || board.contains(document.activeElement) || board.querySelector(".chosen, details[open], [data-busy]");
}

async function look(renew) {
  const board = renew.closest("#board");
  if (document.hidden || Date.now() - touched < AT_HAND) return;
  if (!atWork(board)) {
    htmx.trigger(renew, "renew");
    return;
  }
  const headers = { "HX-Request": "true", ...JSON.parse(renew.getAttribute("hx-headers")) };
  // No line: the bar says so, and the board is asked for again in a moment.
  const answer = await fetch(renew.getAttribute("hx-get"), { headers }).catch(() => null);
  if (answer?.status === 200) board.querySelector("[data-changed]").hidden = false;
}

whenShown("[data-renew]", (renew) => {
  const timer = setInterval(() => (renew.isConnected ? look(renew) : clearInterval(timer)), EVERY);
});
