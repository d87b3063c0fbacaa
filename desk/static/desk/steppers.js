// A fewer and a more button at each number, and their total.

const form = document.querySelector("[data-steppers]");
const inputs = [...form.querySelectorAll("[data-stepper]")];

function button(input, by) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = by < 0 ? "−" : "+";
  made.setAttribute("aria-label", `${input.labels[0].textContent}: ${by < 0 ? form.dataset.fewer : form.dataset.more}`);
  made.addEventListener("click", () => {
    input.value = Math.min(Number(input.max), Math.max(0, Number(input.value) + by)) || "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return made;
}

function count() {
  for (const input of inputs) input.parentElement.classList.toggle("counted", Number(input.value) > 0);
  form.querySelector("[data-total]").textContent = inputs.reduce((sum, input) => sum + Number(input.value), 0);
}

for (const input of inputs) {
  input.before(button(input, -1));
  input.after(button(input, 1));
}
form.addEventListener("input", count);
count();

// A scanner's Enter after the card goes on to the counters: the family is not counted yet.
document.querySelector("[data-steppers] [name=card]")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  document.querySelector("[data-steppers] [data-stepper]").focus();
});
