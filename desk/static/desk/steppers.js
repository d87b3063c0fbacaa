// A fewer and a more button at each number, and their total.

import { whenShown } from "../centre/shown.js";

function button(form, input, by) {
  const made = document.createElement("button");
  made.type = "button";
  made.tabIndex = -1; // for thumbs; by keyboard the number is typed, or stepped with the arrows
  made.textContent = by < 0 ? "−" : "+";
  made.setAttribute("aria-label", `${input.labels[0].textContent}: ${by < 0 ? form.dataset.fewer : form.dataset.more}`);
  made.addEventListener("click", () => {
    input.value = Math.min(Number(input.max), Math.max(0, Number(input.value) + by)) || "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return made;
}

whenShown("[data-steppers]", (form) => {
  const inputs = [...form.querySelectorAll("[data-stepper]")];
  const count = () => {
    for (const input of inputs) input.parentElement.classList.toggle("counted", Number(input.value) > 0);
    form.querySelector("[data-total]").textContent = inputs.reduce((sum, input) => sum + Number(input.value), 0);
  };
  for (const input of inputs) {
    input.before(button(form, input, -1));
    input.after(button(form, input, 1));
  }
  for (const change of ["input", "draft:restored"]) form.addEventListener(change, count);
  count();
  // A scanner's Enter after the card goes on to the counters: the family is not counted yet.
  form.elements.card?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    inputs[0].focus();
  });
});
