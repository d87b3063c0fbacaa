// A hand scanner types anywhere: what is typed outside a field goes into the field of the next card.
//
// Where a thumb is the pointer, green puts the focus on its button: a field in focus would raise the keyboard
// over it.

import { whenShown } from "../centre/shown.js";

const coarse = matchMedia("(pointer: coarse)");

function typing(element) {
  return /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

document.addEventListener("keydown", (event) => {
  const printable = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!printable || typing(event.target)) return;
  const field = document.querySelector("[data-number]");
  if (!field) return;
  event.stopImmediatePropagation();
  field.focus();
}, true);

whenShown("[data-number]", (field) => {
  const main = document.querySelector("[data-main]");
  if (main && coarse.matches) main.focus();
  else field.select();
});
