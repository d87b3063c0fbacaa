// Enter in the field of an hour presses the button beside it, and not the first of its form.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("[data-until]")) return;
  event.preventDefault();
  event.target.parentElement.querySelector("button[formaction]").click();
});
