// Shows the field that belongs to the answer: the marz of an own address, the site gone to.

import { whenShown } from "../centre/shown.js";

function follow(root, name, parts) {
  const show = () => {
    const chosen = root.querySelector(`input[name="${name}"]:checked`)?.value;
    for (const [part, value] of parts) part.hidden = chosen !== value;
  };
  root.addEventListener("change", show);
  root.closest("form").addEventListener("draft:restored", show);
  show();
}

whenShown("[data-going]", (root) => {
  follow(root, "going", [[root.querySelector("[data-own-address]"), "own_address"]]);
});

whenShown("[data-departure]", (form) => {
  const parts = [...form.querySelectorAll("[data-for-destination]")];
  follow(form, "destination", parts.map((part) => [part, part.dataset.forDestination]));
});
