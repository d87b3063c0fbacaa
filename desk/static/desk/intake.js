// The intake by keyboard: Enter goes on, rows come by themselves, Ctrl+Enter registers.

import { readBirth } from "./births.js";
import "./going.js";

const ADULT = 18;
const CHILDREN_OF_THE_HEAD = new Set(["son", "daughter"]);
const SCRIPTS = [/\p{Script=Armenian}/u, /\p{Script=Cyrillic}/u, /\p{Script=Latin}/u];

const form = document.querySelector("[data-intake]");
const list = form.querySelector("[data-members]");
const template = form.querySelector("[data-member-template]");
const total = form.querySelector('[name="member-TOTAL_FORMS"]');
const most = Number(form.querySelector('[name="member-MAX_NUM_FORMS"]').value);
const [year, month, day] = form.dataset.today.split("-").map(Number);
const today = { year, month, day };

const rows = () => [...list.querySelectorAll("[data-member]")];
const cell = (row, name) => row.querySelector(`[name$="-${name}"]`);
const isBlank = (row) => ["given_name", "fathers_name", "sex", "birth"].every((name) => !cell(row, name).value);

function addRow() {
  const number = rows().length;
  if (number >= most) return;
  list.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__prefix__", number).replaceAll("__number__", number + 1));
  total.value = number + 1;
  look(rows().at(-1));
}

function nameCarers() {
  const people = rows();
  const names = people.map((row) => [cell(row, "given_name").value, cell(row, "family_name").value].join(" ").trim());
  for (const [place, row] of people.entries()) {
    const select = cell(row, "carer");
    for (const [other, name] of names.entries()) {
      const value = `row-${other + 1}`;
      let option = select.querySelector(`option[value="${value}"]`);
      if (!option) {
        option = new Option("", value);
        select.querySelector('option[value="relative"]').before(option);
      }
      option.textContent = name ? `${other + 1} ${name}` : `${form.dataset.person} ${other + 1}`;
      option.hidden = option.disabled = other === place || isBlank(people[other]);
    }
  }
}

function mixesScripts(text) {
  return text.split(/[\s-]+/).some((word) => SCRIPTS.filter((script) => script.test(word)).length > 1);
}

// What the row says of itself: the birth as understood, whether someone must look after a child, two alphabets.
function look(row) {
  const typed = cell(row, "birth").value;
  const birth = typed.trim() ? readBirth(typed, today) : null;
  row.querySelector("[data-understood]").textContent = birth
    ? `${birth.age} ${form.dataset.years} · ${birth.written}`
    : "";
  const carer = row.querySelector("[data-carer]");
  const asks = birth && birth.age < ADULT && !CHILDREN_OF_THE_HEAD.has(cell(row, "relationship").value);
  carer.hidden = !asks && !carer.querySelector(".error");
  const needs = row.querySelectorAll('[name$="-needs"]:checked').length;
  const mark = row.querySelector("[data-needs-count]");
  mark.hidden = !needs;
  mark.textContent = needs;
  const mixed = ["family_name", "given_name", "fathers_name"].some((name) => mixesScripts(cell(row, name).value));
  const warning = row.querySelector("[data-mixed-scripts]");
  warning.hidden = !mixed;
  if (mixed) warning.textContent = form.dataset.mixed;
}

function carryFamilyName(row) {
  const above = row.previousElementSibling;
  const field = cell(row, "family_name");
  if (!above || field.value || !isBlank(row)) return false;
  field.value = cell(above, "family_name").value;
  return true;
}

function fields() {
  const all = form.querySelectorAll("input:not([type=hidden], [type=checkbox]), select, [data-register]");
  return [...all].filter((field) => field.offsetParent !== null && !field.disabled && (field.type !== "radio" || field.checked));
}

function goOn(from) {
  const row = from.closest("[data-member]");
  const all = fields();
  let next = all[all.indexOf(from) + 1];
  if (row && from.name.endsWith("-given_name") && isBlank(row) && row.previousElementSibling) {
    next = fields().find((field) => field.name === "going"); // an empty row ends the list
  }
  const nextRow = next?.closest("[data-member]");
  if (nextRow && nextRow !== row) {
    carryFamilyName(nextRow);
    if (cell(nextRow, "family_name").value) next = cell(nextRow, "given_name");
  }
  next?.focus();
  next?.select?.();
}

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-register]"));
  } else if (event.target.matches("[data-card]") && event.target.value.trim()) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-look-up]"));
  } else if (event.target.matches("input, select")) {
    event.preventDefault();
    goOn(event.target);
  }
});

for (const change of ["input", "change"]) {
  list.addEventListener(change, (event) => {
    const row = event.target.closest("[data-member]");
    look(row);
    nameCarers();
    if (row === rows().at(-1) && !isBlank(row)) {
      addRow();
      nameCarers();
    }
  });
}

list.addEventListener("focusin", (event) => {
  const field = event.target;
  if (!field.name?.endsWith("_name") || !carryFamilyName(field.closest("[data-member]"))) return;
  if (!field.name.endsWith("-family_name")) return;
  field.select(); // what is typed replaces the carried name, also after a click has set the caret
  setTimeout(() => document.activeElement === field && field.select());
});

form.addEventListener("draft:restored", (event) => {
  const wanted = event.detail.values.find(([name]) => name === "member-TOTAL_FORMS")?.[1] ?? 0;
  while (rows().length < Math.min(Number(wanted), most)) addRow();
  queueMicrotask(() => {
    rows().forEach(look);
    nameCarers();
    form.querySelector("[data-going] input:checked")?.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

form.querySelector("[data-more-rows]").addEventListener("click", (event) => {
  event.preventDefault();
  addRow();
  const row = rows().at(-1);
  carryFamilyName(row);
  cell(row, "given_name").focus();
});

rows().forEach(look);
nameCarers();
if (form.matches("[data-begin-with-names]") && isBlank(rows()[0])) cell(rows()[0], "family_name").focus();
