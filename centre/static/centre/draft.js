// What is typed into a form[data-draft] outlives a reload, the way back and a sign-out by timeout.
//
// It lies in this tab's sessionStorage, under the name of who typed it, together with the act's id: sent again,
// it is done once. It goes when a page says that something was saved, when the form is emptied with
// [data-draft-discard], and at sign-out. A form whose rows a module makes hears "draft:restored" with { values }
// to make them again.

const SECRET = new Set(["csrfmiddlewaretoken", "password"]);
const LONGEST_NUMBER = 8; // digits; a code has nine
const user = document.body.dataset.user;
const keyOf = (name) => `draft:${user}:${name}`;

function kept(form) {
  const text = sessionStorage.getItem(keyOf(form.dataset.draft));
  return text && JSON.parse(text);
}

// What was scanned from a card, or its code: the number alone may be kept.
function provesACard(name, value) {
  return name === "card" && value.replace(/\D/g, "").length > LONGEST_NUMBER;
}

function valuesOf(form) {
  return [...new FormData(form)].filter(
    ([name, value]) => !SECRET.has(name) && typeof value === "string" && !provesACard(name, value),
  );
}

function typed(values) {
  return JSON.stringify(values.filter(([name, value]) => value && name !== "card" && !/(^|-)id$/.test(name)));
}

function keep(form) {
  const draft = { at: Date.now(), values: valuesOf(form) };
  sessionStorage.setItem(keyOf(form.dataset.draft), JSON.stringify(draft));
}

function fill(form, values) {
  const left = new Map();
  for (const [name, value] of values) left.set(name, [...(left.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || SECRET.has(field.name) || field.type === "file") continue;
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = left.get(field.name)?.includes(field.value) ?? false;
    } else if (field.multiple) {
      for (const option of field.options) option.selected = left.get(field.name)?.includes(option.value) ?? false;
    } else if (left.get(field.name)?.length) {
      field.value = left.get(field.name).shift();
    }
  }
}

// As 19:30, by the house's clock.
function hour(at, slot) {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: slot.dataset.draftTime };
  return new Intl.DateTimeFormat("en", form).format(at);
}

function forget(name) {
  sessionStorage.removeItem(keyOf(name));
}

function forgetAll() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(`draft:${user}:`)) sessionStorage.removeItem(key);
}

function restore(form) {
  const draft = kept(form);
  const refused = document.querySelector("[data-error-summary]"); // the server's own copy is the newer one
  if (!draft || refused || typed(draft.values) === typed(valuesOf(form))) return;
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true, detail: { values: draft.values } }));
  fill(form, draft.values);
  const notice = form.querySelector("[data-draft-notice]");
  if (!notice) return;
  for (const slot of notice.querySelectorAll("[data-draft-time]")) slot.textContent = hour(draft.at, slot);
  notice.hidden = false;
}

function forgetSaved() {
  if (!document.querySelector("[data-saved]")) return;
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(`draft:${user}:`) && JSON.parse(sessionStorage.getItem(key)).sent) sessionStorage.removeItem(key);
  }
}

function markSent(form) {
  keep(form);
  const key = keyOf(form.dataset.draft);
  sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(key)), sent: true }));
}

if (user) {
  const formOf = (event) => event.target.closest?.("form[data-draft]");
  forgetSaved();
  document.querySelectorAll("form[data-draft]").forEach(restore);
  for (const change of ["input", "change"]) {
    document.addEventListener(change, (event) => formOf(event) && keep(formOf(event)));
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]")) forgetAll();
    else if (event.target.matches("[data-draft]")) markSent(event.target);
  }, true);
  document.addEventListener("click", (event) => {
    const discard = event.target.closest?.("[data-draft-discard]");
    if (!discard) return;
    forget(discard.closest("form").dataset.draft);
    location.reload();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const saved = event.detail.xhr.status >= 200 && event.detail.xhr.status < 300; // 401 sends the page to sign-in
    if (saved && event.target.matches?.("form[data-draft]")) forget(event.target.dataset.draft);
  });
}
