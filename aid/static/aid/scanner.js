// A hand scanner types anywhere: what is typed outside a field goes into the field of the next card.
//
// Where a thumb is the pointer, green puts the focus on its button: a field in focus would raise the keyboard
// over it.

import { whenShown } from "../centre/shown.js";

const coarse = matchMedia("(pointer: coarse)");

function typing(element) {
  return /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

// What is scanned while an answer is under way, or has not arrived, waits for it: the last card is looked up next.
const waiting = { typed: "", next: "" };

function keepForLater(event) {
  const form = document.querySelector("#scan form:is([data-under-way], [data-unsent])");
  if (!form || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === "Enter") {
    [waiting.next, waiting.typed] = [waiting.typed || waiting.next, ""];
    form.querySelector("[data-again]")?.click(); // what did not arrive comes before the next card
  } else if (event.key.length === 1) waiting.typed += event.key;
  else return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  return true;
}

function takeUp(field) {
  const { next, typed } = waiting;
  [waiting.next, waiting.typed] = ["", next && typed]; // a card that is half typed goes on while the next is looked up
  field.value = next || typed || field.value;
  field.focus();
  if (next) field.form.requestSubmit();
}

// On the window: before a form under way is closed to every key.
addEventListener("keydown", (event) => {
  if (keepForLater(event)) return;
  const printable = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!printable || typing(event.target)) return;
  const field = document.querySelector("[data-number]");
  if (!field) return;
  event.stopImmediatePropagation();
  field.focus();
}, true);

whenShown("[data-number]", (field) => {
  const main = document.querySelector("[data-main]");
  if (waiting.next || waiting.typed) takeUp(field);
  else if (main && coarse.matches) main.focus();
  else field.select();
});
