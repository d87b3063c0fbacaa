// Forms are sent from within the page and answered within it, and so are links: a lost line never takes the page away.
//
// Of a form that was pressed the person always sees one of: being sent; saved (the page that answers says it); not
// saved, with what is kept and what to do. While a form is under way it is not sent again, nothing in it changes, and
// nobody leaves its page: what was sent is what stands there, and its answer finds who waits for it. Sent again after
// a lost answer it carries the same act, which is done once.
//
// What htmx sends (a fragment of the page) is told in the same words; a request of a fragment never marks the form
// around it. [data-native] is left to the browser.

import { draftOf, forget, leave, sameOn, settled } from "./draft.js";
import { showAll } from "./shown.js";

const SLOW = 6_000; // milliseconds until a person hears that the line is slow
const GIVEN_UP = 90_000; // until an answer is no longer waited for
const OUTSIDE = "[data-native], [download], [target], [hx-post], [hx-get]";

const underWay = new Map(); // form → its timer, and the button that was pressed
let visiting; // what stops the page that is being fetched

const words = () => document.querySelector("[data-connection]")?.dataset ?? {};
// Under HTTPS its name begins with __Host-.
const csrf = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";

// Whose page this is: the server takes nothing from it for somebody who signed in beside.
function headers() {
  return { "x-page-of": document.body.dataset.user ?? "nobody", "x-csrftoken": csrf() };
}

// Whether the browser or htmx sees to it; of boosts the nearest counts, as it does for htmx.
function outside(element) {
  return element.matches(OUTSIDE) || element.closest("[hx-boost]")?.getAttribute("hx-boost") === "true";
}

function tell(name) {
  document.dispatchEvent(new CustomEvent("line", { detail: name }));
}

// What a form says of itself, beside the button that was pressed

function lineOf(form, submitter) {
  const old = form.querySelector("[data-sending]");
  if (old) return old;
  const line = document.createElement("p");
  line.className = "sending";
  line.dataset.sending = "";
  line.setAttribute("role", "status");
  const acts = submitter?.closest(".acts");
  if (acts && form.contains(acts)) acts.prepend(line); // they stay in sight on a telephone, what is above them may not
  else if (submitter && form.contains(submitter)) submitter.after(line);
  else form.append(line);
  return line;
}

function say(form, submitter, state, text, again) {
  const line = lineOf(form, submitter);
  line.className = `sending ${state}`;
  line.textContent = text;
  if (!again) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.dataset.again = "";
  button.textContent = words().again;
  button.addEventListener("click", again);
  line.append(" ", button);
  button.scrollIntoView({ block: "nearest" });
}

// Of what no answer came: whether it was saved is not known, unless there was no line to send it on.
const unanswered = () => (navigator.onLine ? words().unanswered : words().unsent);

// Why the sending before was refused is no word about this one; what can be read, or sent, nowhere else stays.
function forgetRefusal(form) {
  for (const old of document.querySelectorAll("[data-error-summary]")) if (!old.querySelector("form, [data-typed]")) old.remove();
  for (const old of form.querySelectorAll("ul.error")) old.remove();
  for (const field of form.querySelectorAll(".wrong, [aria-invalid]")) {
    field.classList.remove("wrong");
    field.removeAttribute("aria-invalid");
  }
}

function mark(form, submitter) {
  forgetRefusal(form);
  form.dataset.underWay = "";
  delete form.dataset.unsent;
  submitter?.setAttribute("aria-disabled", "true");
  if (submitter) submitter.dataset.busy = "";
  say(form, submitter, "busy", words().sending);
  tell("sending");
  const slow = setTimeout(() => say(form, submitter, "busy", words().slow), SLOW);
  underWay.set(form, { slow, submitter });
}

function release(form) {
  const { slow, submitter } = underWay.get(form) ?? {};
  clearTimeout(slow);
  delete form.dataset.underWay;
  submitter?.removeAttribute("aria-disabled");
  delete submitter?.dataset.busy;
  underWay.delete(form);
}

// Sending

function bodyOf(form, submitter) {
  const said = new FormData(form);
  const body = form.enctype === "multipart/form-data" ? said : new URLSearchParams([...said].filter(([, value]) => typeof value === "string"));
  if (submitter?.name) body.append(submitter.name, submitter.value);
  if (form.method === "post") body.set("csrfmiddlewaretoken", csrf());
  return body;
}

async function fetched(address, options, stop = new AbortController()) {
  const patience = setTimeout(() => stop.abort(), GIVEN_UP);
  try {
    return await read(await fetch(address, { ...options, signal: stop.signal, headers: headers() }));
  } finally {
    clearTimeout(patience);
  }
}

async function read(answer) {
  const kind = answer.headers.get("content-type") ?? "";
  if (answer.headers.get("content-disposition")?.startsWith("attachment")) return { answer, file: await answer.blob() };
  return { answer, text: await answer.text(), html: kind.startsWith("text/html") };
}

async function send(form, submitter) {
  const address = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
  const body = bodyOf(form, submitter);
  if (form.method !== "post") {
    address.search = body;
    return visit(address);
  }
  const draft = draftOf(form);
  mark(form, submitter);
  const again = () => send(form, submitter);
  let got;
  try {
    got = await fetched(address, { method: "POST", body });
  } catch {
    release(form);
    say(form, submitter, "bad", unanswered(), again);
    tell("offline");
    return;
  }
  tell("online");
  const saved = got.html && got.answer.ok && got.text.includes("data-saved");
  if (saved) leave(form);
  try {
    await answered(form, submitter, got, again);
  } finally {
    release(form); // not before the page that answers is shown: a press until then would send it once more
  }
  if (saved) await forget(draft);
}

async function answered(form, submitter, { answer, text, html }, again) {
  if (answer.status === 401) {
    signInAgain(answer);
  } else if (answer.status >= 500 || (answer.ok && !html)) {
    say(form, submitter, "bad", words().failed, again);
  } else if (answer.ok || answer.status === 422) {
    await show(text, answer, { sent: form });
  } else {
    say(form, submitter, "bad", reasonIn(text) || words().failed);
  }
}

// Why the act was refused: the sentences of the answer, without its frame.
function reasonIn(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const said = page.querySelectorAll(".notice p").length ? page.querySelectorAll(".notice p") : page.querySelectorAll("main h1, main p:not(.row)");
  return [...said].map((one) => one.textContent.trim()).filter(Boolean).join(" ");
}

function save(file, disposition) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = decodeURIComponent(/filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1] ?? /filename="?([^";]+)/i.exec(disposition)?.[1] ?? "file");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// The session has ended: sign in, and come back to this page, its site and its draft.
async function signInAgain(answer) {
  await settled();
  location.assign(answer.headers.get("x-sign-in") ?? "/");
}

// Showing the page that answers

function samePlace(one, other) {
  return one.pathname === other.pathname && one.search === other.search;
}

// The styles and scripts of the page to come, before it is shown.
async function dress(head) {
  const loading = [];
  for (const part of head.querySelectorAll("link[rel=stylesheet], script[src]")) {
    const [name, address] = part.href ? ["href", part.getAttribute("href")] : ["src", part.getAttribute("src")];
    if (document.head.querySelector(`[${name}="${address}"]`)) continue;
    const fresh = document.createElement(part.localName); // a script that was parsed elsewhere does not run
    for (const attribute of part.attributes) fresh.setAttribute(attribute.name, attribute.value);
    loading.push(new Promise((resolve) => { fresh.onload = fresh.onerror = resolve; }));
    document.head.append(fresh);
  }
  await Promise.all(loading);
}

async function show(text, answer, { back = false, sent } = {}) {
  const next = new DOMParser().parseFromString(text, "text/html");
  const address = new URL(answer.url);
  if (!next.body.querySelector("#content")) return location.assign(address); // a page of another frame
  await dress(next.head);
  document.title = next.title;
  document.documentElement.lang = next.documentElement.lang;
  document.documentElement.dir = next.documentElement.dir;
  const refused = answer.status === 422;
  if (!back && !refused) history[samePlace(address, location) ? "replaceState" : "pushState"](null, "", address);
  const drawn = refused && sent && sameOn(next, sent);
  if (drawn) drawn.dataset.refused = ""; // what it shows is what was typed
  document.body.replaceWith(document.adoptNode(next.body));
  htmx.process(document.body);
  showAll(document.body);
  if (!refused) begin(address.hash);
  else if (!document.querySelector("[data-error-summary]")) document.querySelector("#content [autofocus]")?.focus();
  tell("online");
}

function begin(hash) {
  const there = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (there) return there.scrollIntoView();
  scrollTo(0, 0);
  (document.querySelector("[autofocus]") ?? document.getElementById("content")).focus({ preventScroll: true });
}

// A page by its address; when the line is lost the page that is here stays.
async function visit(address, options) {
  if (visiting?.address === String(address)) return; // it is on its way
  visiting?.abort();
  const stop = Object.assign(new AbortController(), { address: String(address) });
  visiting = stop;
  tell("loading");
  await settled();
  let got;
  try {
    got = await fetched(address, {}, stop);
  } catch {
    if (visiting === stop) {
      visiting = null;
      tell("unreached");
    }
    return;
  }
  if (visiting !== stop) return; // another page was asked for meanwhile
  visiting = null;
  if (got.answer.status === 401) return signInAgain(got.answer);
  if (got.html) return show(got.text, got.answer, options);
  if (!got.file) return location.assign(address);
  save(got.file, got.answer.headers.get("content-disposition"));
  tell("downloaded");
}

function awaited() {
  for (const form of underWay.keys()) if (!form.isConnected) underWay.delete(form);
  return underWay.size > 0;
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// What is pressed meanwhile is not done, and is told so where it was pressed.
function askToWait(pressed) {
  const form = pressed.closest("form");
  if (form && underWay.has(form)) return;
  if (form) say(form, pressed, "busy", words().wait);
  else tell("wait");
}

// Before anybody else hears of it: a form under way is not sent again, and stays as it was sent; nothing else is sent.
document.addEventListener("submit", (event) => {
  if (!awaited() && !underWay.has(event.target)) return;
  stop(event);
  askToWait(event.submitter ?? event.target);
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]:not([target], [download])");
  if (!link || !awaited()) return;
  stop(event);
  askToWait(link);
}, true);
for (const change of ["beforeinput", "keydown", "mousedown", "click"]) {
  document.addEventListener(change, (event) => {
    if (event.key === "Tab" || !underWay.has(event.target.closest?.("form") ?? event.target.form)) return;
    stop(event);
  }, true);
}

// After everybody: who prevented it sends it another way, or not at all.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || outside(event.target)) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const address = new URL(link.href, location.href);
  if (outside(link) || address.origin !== location.origin) return;
  if (address.hash && samePlace(address, location)) return;
  event.preventDefault();
  visit(address);
});

let taken = false; // back to the page whose answer is awaited

addEventListener("popstate", () => {
  if (taken) {
    taken = false;
  } else if (awaited()) {
    taken = true;
    history.forward();
  } else {
    visit(location.href, { back: true });
  }
});

// What htmx sends

document.addEventListener("htmx:configRequest", (event) => Object.assign(event.detail.headers, headers()));

const drafts = new WeakMap(); // form → its draft when it was sent

const sentBy = (event) => (event.target.matches?.("form[method=post]") ? event.target : null);

document.addEventListener("htmx:beforeSend", (event) => {
  const form = sentBy(event);
  if (!form) return;
  mark(form, event.detail.requestConfig.triggeringEvent?.submitter);
  drafts.set(form, draftOf(form));
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = sentBy(event);
  const { submitter } = underWay.get(form) ?? {};
  if (!form) return;
  release(form);
  const { status, responseText } = event.detail.xhr;
  if (status === 200 && responseText.includes("data-saved")) forget(drafts.get(form));
  // Pressed anew: htmx sends the name and the address of the button pressed last, which is otherwise "Try again".
  const again = () => (submitter?.isConnected ? submitter.click() : form.requestSubmit());
  if (!status) form.dataset.unsent = "";
  if (!status) say(form, submitter, "bad", unanswered(), again);
  else if (status >= 400 && ![401, 409, 422].includes(status)) say(form, submitter, "bad", words()[status === 403 ? "forbidden" : "failed"], again);
  else form.querySelector("[data-sending]")?.remove();
});
