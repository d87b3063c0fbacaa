// The shelter board renews itself while nobody is at work on it; else it says that something changed.

import { whenShown } from "../centre/shown.js";

const ASKED = 1_500; // milliseconds: whether another coordinator did something
const EVERY = 12_000; // and the whole board, for who arrived or left
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

function say(board) {
  board.querySelector("[data-changed]").hidden = false;
}

// Renews the board, or says that it changed where somebody is at work on it.
async function look(renew) {
  const board = renew.closest("#board");
  if (!atWork(board) && Date.now() - touched >= AT_HAND) {
    htmx.trigger(renew, "renew");
    return;
  }
  const headers = { "HX-Request": "true", ...JSON.parse(renew.getAttribute("hx-headers")) };
  // No line: the bar says so, and the board is asked for again in a moment.
  const answer = await fetch(renew.getAttribute("hx-get"), { headers }).catch(() => null);
  if (answer?.status === 200) say(board);
}

// Whether an act was done since the board was read, or since it was asked the last time.
async function isChanged(renew) {
  const { url, since, acts } = renew.dataset;
  const answer = await fetch(`${url}?since=${encodeURIComponent(since)}`).catch(() => null);
  const told = answer?.ok && answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
  if (told === null || String(told.acts) === acts) return false;
  renew.dataset.acts = told.acts;
  return true;
}

whenShown("[data-renew]", (renew) => {
  let looked = Date.now();
  let waiting = false;
  const timer = setInterval(async () => {
    if (!renew.isConnected) return clearInterval(timer);
    if (document.hidden || waiting) return;
    waiting = true;
    if ((await isChanged(renew)) || Date.now() - looked >= EVERY) {
      looked = Date.now();
      await look(renew);
    }
    waiting = false;
  }, ASKED);
});
