// A form is sent once: a second click while the first is under way does nothing.

const UNDER_WAY = 10_000; // then the button works again: an answer may be a download, or be lost

function release(form) {
  clearTimeout(Number(form.dataset.sent));
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-busy]")) {
    delete button.dataset.busy;
    button.removeAttribute("aria-disabled");
  }
}

function mark(form, submitter) {
  form.dataset.sent = setTimeout(release, UNDER_WAY, form);
  if (!submitter) return;
  submitter.dataset.busy = "";
  submitter.setAttribute("aria-disabled", "true");
}

// Before anybody else hears of it: a form under way is not sent again.
document.addEventListener("submit", (event) => {
  if (!event.target.dataset.sent) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// After everybody: who prevented it sends it another way, or not at all.
document.addEventListener("submit", (event) => {
  if (event.target.method === "post" && !event.defaultPrevented) mark(event.target, event.submitter);
});

document.addEventListener("htmx:beforeSend", (event) => {
  const form = event.target.closest?.("form");
  if (form?.method === "post") mark(form, event.detail.requestConfig.triggeringEvent?.submitter);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
