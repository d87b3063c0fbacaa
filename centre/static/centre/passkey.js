// Asks the browser for a passkey before its form is sent, and sends what it answers along.
for (const form of document.querySelectorAll("[data-passkey]")) {
  const options = JSON.parse(document.getElementById("passkey").textContent);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const refused = form.querySelector("[data-refused]");
    refused.hidden = true;
    try {
      const answer = await window.webauthnJSON[form.dataset.passkey](options);
      form.elements.credential.value = JSON.stringify(answer);
    } catch {
      refused.hidden = false; // the person said no, or the device has none
      return;
    }
    form.submit();
  });
}
