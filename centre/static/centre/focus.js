// Keys and focus: "/" goes to search, Escape closes a menu, a refused form is read from its list of errors.
//
// Keys of one sign can be turned off, for who speaks to the machine or has them hit by accident.

import { whenShown } from "./shown.js";

const OFF = "keys-off";

function typing(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (!localStorage.getItem(OFF) && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target || target.offsetParent === null) return;
    event.preventDefault();
    target.focus();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

function showSwitch(button) {
  button.textContent = localStorage.getItem(OFF) ? button.dataset.on : button.dataset.off;
}

whenShown("[data-keys]", (button) => {
  showSwitch(button);
  button.addEventListener("click", () => {
    if (localStorage.getItem(OFF)) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    showSwitch(button);
  });
});

// Where cards are scanned, the refusal is heard as an alert, and the next scan writes over the card that was refused.
whenShown("[data-error-summary]", (summary) => {
  const scanned = [...document.querySelectorAll("[data-scan]")].find((field) => field.value);
  if (scanned) scanned.select();
  (scanned ?? summary).focus();
});

// A table wider than its frame can be moved by keyboard.
whenShown(".scroll", (frame) => {
  if (frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight) frame.tabIndex = 0;
  const wrong = frame.querySelector("[aria-invalid=true]");
  if (wrong) frame.scrollLeft += wrong.getBoundingClientRect().right - frame.getBoundingClientRect().right + 8;
});
