// Shows the field that belongs to the answer: the marz of an own address, the site gone to.

function follow(root, name, parts) {
  const show = () => {
    const chosen = root.querySelector(`input[name="${name}"]:checked`)?.value;
    for (const [part, value] of parts) part.hidden = chosen !== value;
  };
  root.addEventListener("change", show);
  show();
}

for (const root of document.querySelectorAll("[data-going]")) {
  follow(root, "going", [[root.querySelector("[data-own-address]"), "own_address"]]);
}

for (const form of document.querySelectorAll("[data-departure]")) {
  const parts = [...form.querySelectorAll("[data-for-destination]")];
  follow(form, "destination", parts.map((part) => [part, part.dataset.forDestination]));
}
