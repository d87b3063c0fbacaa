// What is typed into a form outlives a reload, the way back, a sign-out by timeout, a crashed tab and a lost line.
//
// Every form that can be typed in and posts keeps a draft, unless it says [data-native] or [data-no-draft] (its boxes say
// what somebody sees now), asks for a password or has nothing but a card to be scanned: at each keystroke its values, the act's id among them, are sealed (AES-GCM) and
// laid into IndexedDB. The key comes with each page to whoever is signed in and lies nowhere on the disk, so what lies
// there names nobody. A draft belongs to its tab; one whose tab is gone comes back in the next that opens the same
// form. It goes when a page says that something was saved, when the form is emptied, and at sign-out. A form whose rows
// a script makes hears "draft:rows" with { values } before it is filled; what still finds no field is told, and shown
// to be copied.

import { whenShown } from "./shown.js";

const SECRET = new Set(["csrfmiddlewaretoken"]);
const LONGEST_NUMBER = 8; // digits; a code has nine
const SAME_TAB = 400; // milliseconds a page waits for the one before it in its tab to let go
const CARDS = new Set(["card", "other"]); // fields into which a card is scanned
const SCANNED = "[data-number], [data-card], [name=card], [name=other]"; // a card is scanned again, and proves who is there
const FIELDS = ":is(input:not([type=hidden], [type=submit], [type=button]), select, textarea)[name]";
const ABOUT = "input[type=hidden]:not([id])"; // what a page writes into a form by hand: whom and what it is about
const KEY = /^[0-9a-f-]{36}$/;

const user = () => document.body.dataset.user;
const words = () => document.querySelector("[data-connection]")?.dataset ?? {};
const forms = new Map(); // form → { name, early, ready, dirty, writing, gone }
const touched = new WeakSet(); // fields into which somebody typed before their draft was there
const possible = Boolean(globalThis.crypto?.subtle && globalThis.indexedDB && navigator.locks);

// The store: one row a form and tab, nothing of it in clear but whose and when

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

const opened = possible && (() => {
  const request = indexedDB.open("drafts", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "key" });
  return asked(request);
})();

async function store(mode, does) {
  const transaction = (await opened).transaction("drafts", mode, { durability: "strict" });
  return asked(does(transaction.objectStore("drafts")));
}

let key;
let keyOf;

function sealingKey() {
  const text = document.body.dataset.draftKey;
  if (keyOf !== text) {
    keyOf = text;
    key = crypto.subtle.importKey("raw", Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]);
  }
  return key;
}

async function seal(values) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(values));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealingKey(), plain) };
}

// Its values; nothing when it was sealed under another password of the same person.
async function unseal({ iv, sealed }) {
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await sealingKey(), sealed);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch (error) {
    if (error.name === "OperationError") return null;
    throw error;
  }
}

// This tab: it holds a lock of its name while it lives, so that another knows which drafts were left behind

async function holdName(name) {
  return new Promise((held) => {
    const options = { signal: AbortSignal.timeout(SAME_TAB) };
    navigator.locks.request(`tab ${name}`, options, () => {
      held(name);
      return new Promise(() => {}); // until the page goes
    }).catch(() => held(null)); // this name is another tab's: it was duplicated
  });
}

const tab = possible && (async () => {
  const name = sessionStorage.getItem("tab");
  const own = (name && await holdName(name)) || await holdName(crypto.randomUUID());
  sessionStorage.setItem("tab", own);
  return own;
})();

async function living() {
  const { held } = await navigator.locks.query();
  return new Set(held.map((lock) => lock.name.replace(/^tab /, "")));
}

// The drafts of this form: this tab's, else the newest that a tab left behind.
async function found(form) {
  const own = await tab;
  const rows = (await store("readonly", (drafts) => drafts.getAll())).filter((row) => row.user === user() && row.form === form);
  const mine = rows.find((row) => row.tab === own);
  if (mine || !rows.length) return mine;
  const alive = await living();
  return rows.filter((row) => !alive.has(row.tab)).sort((one, other) => other.at - one.at)[0];
}

// A form's values

// What was scanned from a card, or its code: the number alone may be kept.
function provesACard(name, value) {
  return CARDS.has(name) && value.replace(/\P{Nd}/gu, "").length > LONGEST_NUMBER;
}

function valuesOf(form) {
  return [...new FormData(form)].filter(
    ([name, value]) => !SECRET.has(name) && typeof value === "string" && !provesACard(name, value),
  );
}

function typed(values) {
  return JSON.stringify(values.filter(([name, value]) => value && name !== "card" && !/(^|-)id$/.test(name)));
}

// What stands in a field.
function standing(field) {
  if (field.type === "checkbox" || field.type === "radio") return String(field.checked);
  return field.multiple ? [...field.selectedOptions].map((option) => option.value).join() : field.value;
}

function bringInSight(field) {
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

// Whether the value is among them; it is not any more.
function taken(value, values) {
  const found = values.indexOf(value);
  return found >= 0 && values.splice(found, 1).length > 0;
}

function choose(field, values) {
  const wanted = field.multiple ? values.splice(0) : values.splice(0, 1);
  const options = [...field.options];
  const known = wanted.filter((value) => options.some((option) => option.value === value));
  if (field.multiple || known.length) for (const option of options) option.selected = known.includes(option.value);
  return wanted.filter((value) => !known.includes(value));
}

function touch(field) {
  const choices = field.type === "radio" ? field.form.elements[field.name] : field;
  for (const one of choices instanceof RadioNodeList ? choices : [choices]) touched.add(one);
}

// Whether a field holds something else than the page was drawn with: it was typed before the script arrived.
function isTyped(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.localName !== "select") return field.value !== field.defaultValue;
  const drawn = [...field.options].filter((option) => option.defaultSelected);
  return field.multiple
    ? [...field.options].some((option) => option.selected !== option.defaultSelected)
    : field.selectedIndex !== (drawn.at(-1)?.index ?? 0);
}

// What somebody typed meanwhile stays; what the draft held instead.
function stays(field, values) {
  if (field.type === "checkbox" || field.type === "radio") {
    taken(field.value, values);
    return [];
  }
  const instead = field.multiple ? values.splice(0) : values.splice(0, 1);
  return field.localName === "select" ? [] : instead.filter((value) => value !== field.value);
}

// The values stand in the fields again; those that no field took.
function fill(form, values) {
  const left = new Map();
  const lost = [];
  for (const [name, value] of values) left.set(name, [...(left.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || SECRET.has(field.name)) continue;
    const drawn = standing(field);
    const mine = left.get(field.name) ?? [];
    if (touched.has(field)) lost.push(...stays(field, mine));
    else if (field.type === "checkbox" || field.type === "radio") field.checked = taken(field.value, mine);
    else if (field.localName === "select") lost.push(...choose(field, mine));
    else if (mine.length) field.value = mine.shift();
    if (field.type !== "hidden" && standing(field) !== drawn) bringInSight(field);
  }
  return [...lost, ...[...left.values()].flat()].filter(Boolean);
}

// As 19:30, by the house's clock.
function hour(at) {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: words().timeZone };
  return new Intl.DateTimeFormat("en", form).format(at);
}

function notice(form, text, at, lost = []) {
  const told = document.createElement("p");
  const button = document.createElement("button");
  told.className = "notice draft";
  told.dataset.draftNotice = "";
  told.append(text.replace("00:00", hour(at)), " ", button);
  button.type = "button";
  button.className = "quiet";
  button.textContent = words().afresh;
  button.addEventListener("click", () => discard(form));
  form.prepend(told);
  const readable = lost.filter((value) => !KEY.test(value));
  if (!readable.length) return;
  const copy = document.createElement("p");
  copy.textContent = readable.join(" · ");
  told.after(copy);
}

// Keeping, bringing back, forgetting

async function rowOf(form) {
  const kept = forms.get(form);
  return { kept, row: `${user()} ${kept.name} ${await tab}` };
}

async function write(form) {
  const { kept, row: key } = await rowOf(form);
  while (kept.dirty) {
    kept.dirty = false;
    const row = { key, user: user(), form: kept.name, tab: await tab, at: Date.now() };
    const sealed = await seal(valuesOf(form));
    if (!kept.gone) await store("readwrite", (drafts) => drafts.put({ ...row, ...sealed }));
  }
}

function keep(form, field) {
  const kept = forms.get(form);
  if (!kept || kept.gone) return;
  if (field && !kept.ready) touch(field);
  kept.early ||= !kept.ready;
  if (!kept.ready) return; // nothing overwrites a draft that was not brought back
  kept.dirty = true;
  kept.writing ??= write(form).finally(() => { kept.writing = null; });
}

const saved = new Set(); // names of the drafts that were saved, until their form is shown again

// What this form holds was saved: the same form on the page that says so begins empty.
export function leave(form) {
  const kept = forms.get(form);
  if (kept) saved.add(kept.name);
}

async function bringBack(form) {
  const kept = forms.get(form);
  const row = saved.delete(kept.name) ? null : await found(kept.name);
  const values = row && await unseal(row);
  const refused = form.matches("[data-refused]"); // the server's own copy is the newer one
  if (values && !refused && typed(values) !== typed(valuesOf(form))) {
    form.dispatchEvent(new CustomEvent("draft:rows", { bubbles: true, detail: { values } }));
    const lost = fill(form, values);
    form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
    notice(form, lost.length ? words().partly : words().draft, row.at, lost);
  } else if (row && !values) {
    notice(form, words().sealed, row.at);
  }
  kept.ready = true;
  if (values || kept.early) keep(form); // under this tab's name
  if (row && row.tab !== await tab) await store("readwrite", (drafts) => drafts.delete(row.key));
  form.dataset.draftReady = "";
}

// The draft of a form that is sent now, to be forgotten when its answer says that it was saved.
export function draftOf(form) {
  return forms.has(form) ? rowOf(form) : null;
}

export async function forget(draft) {
  const { kept, row } = (await draft) ?? {};
  if (!kept) return;
  kept.gone = true; // what is being written does not come after
  await kept.writing;
  await store("readwrite", (drafts) => drafts.delete(row));
}

async function discard(form) {
  await forget(rowOf(form));
  location.reload();
}

async function forgetAll(whose) {
  for (const kept of forms.values()) kept.gone = true;
  for (const row of await store("readonly", (drafts) => drafts.getAll())) {
    if (row.user === whose) await store("readwrite", (drafts) => drafts.delete(row.key));
  }
}

// Until all that was typed is kept.
export async function settled() {
  await Promise.all([...forms.values()].map((kept) => kept.writing));
}

function keepsDraft(form) {
  if (form.method !== "post" || form.matches("[data-native], [data-no-draft], [role=search]") || form.querySelector("[type=password]")) return false;
  return [...form.querySelectorAll(FIELDS)].some((field) => !field.matches(SCANNED));
}

// Its address, what it is about, and which of those that are alike it is.
function addressOf(form) {
  const about = [...form.querySelectorAll(ABOUT)].filter(({ name }) => name !== "id" && !SECRET.has(name));
  return [form.getAttribute("action"), ...about.map((field) => `${field.name}=${field.value}`)].join(" ");
}

function nameOf(form) {
  if (form.dataset.draft) return form.dataset.draft;
  const namesakes = [...form.ownerDocument.forms].filter((one) => addressOf(one) === addressOf(form));
  return `${addressOf(form)} ${namesakes.indexOf(form)}`;
}

// The same form on the page that answers it; nothing where it is drawn no more.
export function sameOn(page, form) {
  const name = nameOf(form);
  return [...page.forms].find((one) => nameOf(one) === name);
}

if (!possible) {
  const told = new WeakSet();
  document.addEventListener("input", ({ target: { form } }) => {
    if (!form || told.has(form) || !user() || !keepsDraft(form)) return;
    told.add(form);
    const line = document.createElement("p");
    line.className = "help";
    line.textContent = words().noDraft;
    form.append(line);
  });
} else {
  whenShown("form", (form) => {
    if (!user() || !document.body.dataset.draftKey || !keepsDraft(form)) return;
    form.autocomplete = "off"; // else the browser writes what is typed into its own files
    const early = [...form.querySelectorAll(FIELDS)].filter(isTyped);
    early.forEach(touch);
    forms.set(form, { name: nameOf(form), early: early.length > 0 });
    queueMicrotask(() => bringBack(form));
  });
  whenShown("body", () => {
    for (const form of forms.keys()) if (!form.isConnected) forms.delete(form);
    if (!user()) key = keyOf = null; // signed out
  });
  for (const change of ["input", "change"]) {
    document.addEventListener(change, ({ target }) => target.form && keep(target.form, target));
  }
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.matches("[data-sign-out]")) {
      if (form.dataset.draftsGone !== undefined) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      await forgetAll(user());
      form.dataset.draftsGone = "";
      form.requestSubmit(event.submitter);
    } else {
      keep(form);
    }
  }, true);
}
