// The menu of sites: typing narrows it, arrows go through it, Enter takes the first.

import { whenShown } from "./shown.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

whenShown("[data-sites]", (menu) => {
  const field = menu.querySelector("[data-find]");
  const rows = () => [...menu.querySelectorAll("button[name=site]")]; // the others come when the menu is opened
  const shown = () => rows().filter((row) => !row.hidden);

  function narrow() {
    const typed = fold(field.value).split(/\s+/);
    for (const row of rows()) {
      const words = fold(`${row.textContent} ${row.dataset.also}`);
      row.hidden = !typed.every((word) => words.includes(word));
    }
    for (const group of menu.querySelectorAll("fieldset")) group.hidden = !group.querySelector("button:not([hidden])");
    menu.querySelector("[data-none]").hidden = shown().length > 0;
  }

  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const steps = [...(field ? [field] : []), ...shown()];
      steps[Math.max(0, steps.indexOf(document.activeElement) + step)]?.focus();
    } else if (event.key === "Enter" && event.target === field) {
      event.preventDefault();
      shown()[0]?.click();
    }
  });

  if (!field) return;
  field.closest("[hidden]").hidden = false;
  field.addEventListener("input", narrow);
  menu.addEventListener("htmx:afterSettle", narrow);
  menu.closest("details")?.addEventListener("toggle", ({ target }) => target.open && field.focus());
});
