// The intake by keyboard: Enter goes on, rows come by themselves, Ctrl+Enter registers.

import { addRow } from "../centre/rows.js";
import { whenShown } from "../centre/shown.js";
import { readBirth, showUnderstood } from "./births.js";

const ADULT = 18;
const CHILDREN_OF_THE_HEAD = new Set(["son", "daughter"]);
const SCRIPTS = [/\p{Script=Armenian}/u, /\p{Script=Cyrillic}/u, /\p{Script=Latin}/u];
const SCANNED = /\d{51}$/; // what a scanner types of a card
const DIGIT_KEY = /^(?:Digit|Numpad)(\d)$/; // on an Armenian keyboard the key of 1 gives a letter
const STOPS = "input:not([type=hidden], [type=checkbox]), select, summary[data-needs], [data-register]";

const cell = (row, name) => row.querySelector(`[name$="-${name}"]`);
const isBlank = (row) => ["given_name", "fathers_name", "sex", "birth"].every((name) => !cell(row, name).value);

function mixesScripts(text) {
  return text.split(/[\s-]+/).some((word) => SCRIPTS.filter((script) => script.test(word)).length > 1);
}

function carryFamilyName(row) {
  const above = row.previousElementSibling;
  const field = cell(row, "family_name");
  if (!above || field.value || !isBlank(row)) return false;
  field.value = cell(above, "family_name").value;
  return true;
}

// A hand scanner types anywhere: what is typed outside a field goes into the card's, over the card before.
document.addEventListener("keydown", (event) => {
  const card = document.querySelector("[data-intake] [data-card]");
  const printable = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  const digit = /\d/.test(event.key) || DIGIT_KEY.test(event.code);
  if (!card || !printable || !digit || !event.target.matches("body, main")) return;
  card.focus();
  card.select();
});

whenShown("[data-intake]", (form) => {
  const list = form.querySelector("[data-rows]");
  const [year, month, day] = form.dataset.today.split("-").map(Number);
  const today = { year, month, day };
  const births = JSON.parse(form.dataset.births);
  const rows = () => [...list.children];

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

  // What the row says of itself: the birth as understood, whether someone must look after a child, two alphabets.
  function look(row) {
    const field = cell(row, "birth");
    const birth = readBirth(field.value, today, births);
    showUnderstood(field, birth);
    const carer = row.querySelector("[data-carer]");
    const asks = birth?.age < ADULT && !CHILDREN_OF_THE_HEAD.has(cell(row, "relationship").value);
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

  function lookAtAll() {
    rows().forEach(look);
    nameCarers();
  }

  function fields() {
    return [...form.querySelectorAll(STOPS)].filter(
      (field) => field.offsetParent !== null && !field.disabled && (field.type !== "radio" || field.checked),
    );
  }

  function goOn(pressed) {
    const row = pressed.closest("[data-member]");
    const from = pressed.type === "checkbox" ? row.querySelector("summary[data-needs]") : pressed; // on from the needs
    const all = fields();
    let next = all[all.indexOf(from) + 1];
    if (row && from.name?.endsWith("-given_name") && isBlank(row) && row.previousElementSibling) {
      const last = form.querySelector("[data-register]");
      next = fields().find((field) => field.name === "going") ?? last; // an empty row ends the list
    }
    const nextRow = next?.closest("[data-member]");
    if (nextRow && nextRow !== row) {
      carryFamilyName(nextRow);
      if (cell(nextRow, "family_name").value) next = cell(nextRow, "given_name");
    }
    next?.focus();
    next?.select?.();
  }

  let digits = ""; // the digit keys pressed one after another, whatever the keyboard made of them

  // A hand scanner typed a card's code into a name: it goes where it belongs.
  function takeCard(field) {
    const scanned = SCANNED.exec(digits) ?? SCANNED.exec(field.value);
    if (!scanned || !field.name.endsWith("_name")) return false;
    field.value = field.value.slice(0, -scanned[0].length);
    form.elements.card.value = scanned[0];
    form.requestSubmit(form.querySelector("[data-look-up]"));
    return true;
  }

  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key !== "Enter") {
      digits = DIGIT_KEY.test(event.code) ? digits + DIGIT_KEY.exec(event.code)[1] : "";
      return;
    }
    const taken = event.target.matches("input") && takeCard(event.target);
    digits = "";
    if (taken) return event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-register]"));
    } else if (event.target.matches("[data-card]") && event.target.value.trim()) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-look-up]"));
    } else if (event.target.matches("input, select, summary[data-needs]")) {
      event.preventDefault();
      goOn(event.target);
    }
  });

  for (const change of ["input", "change", "focusout"]) {
    list.addEventListener(change, (event) => {
      const row = event.target.closest("[data-member]");
      look(row);
      nameCarers();
      if (row === list.lastElementChild && !isBlank(row)) addRow(list);
    });
  }

  list.addEventListener("focusin", (event) => {
    const field = event.target;
    if (!field.name?.endsWith("_name") || !carryFamilyName(field.closest("[data-member]"))) return;
    if (!field.name.endsWith("-family_name")) return;
    field.select(); // what is typed replaces the carried name, also after a click has set the caret
    setTimeout(() => document.activeElement === field && field.select());
  });

  list.addEventListener("rows:added", lookAtAll);
  form.addEventListener("draft:restored", lookAtAll);
  lookAtAll();
  if (form.matches("[data-begin-with-names]") && isBlank(list.firstElementChild)) {
    cell(list.firstElementChild, "family_name").focus();
  }
});
