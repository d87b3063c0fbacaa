// Asks the browser for a passkey before its form is sent, and sends what it answers along.

import { whenShown } from "./shown.js";

whenShown("form[data-passkey]", (form) => {
  const refused = form.querySelector("[data-refused]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refused.hidden = true;
    try {
      const options = JSON.parse(form.querySelector("#passkey").textContent);
      const answer = await window.webauthnJSON[form.dataset.passkey](options);
      form.elements.credential.value = JSON.stringify(answer);
    } catch {
      refused.hidden = false; // the person said no, or the device has none
      return;
    }
    form.submit();
  });
});
