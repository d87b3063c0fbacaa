// A list of rows that grows: by the button, by what is typed, and to as many as a draft has.
//
// Its rows are a formset's, named by [data-rows]; or lines of fields of the same names, [data-lines] the first of them.
// In lines Enter goes on to the next cell that a line needs, else to the next line; on an empty line it sends.

import { whenShown } from "./shown.js";

const partsOf = (list) => {
  const form = list.closest("form");
  if (list.dataset.lines) return { form, most: Number(list.dataset.most) };
  const named = (part) => form.querySelector(`[name="${list.dataset.rows}-${part}_FORMS"]`);
  return { form, total: named("TOTAL"), most: Number(named("MAX_NUM").value) };
};

// One more row at the end, unless the list is full; the row.
export function addRow(list) {
  const { form, total, most } = partsOf(list);
  const number = list.childElementCount;
  if (number >= most) return null;
  const template = form.querySelector("[data-row-template]").innerHTML;
  list.insertAdjacentHTML("beforeend", template.replaceAll("__prefix__", number).replaceAll("__number__", number + 1));
  if (total) total.value = number + 1;
  const row = list.lastElementChild;
  list.dispatchEvent(new CustomEvent("rows:added", { bubbles: true, detail: { row } }));
  return row;
}

function rowsOfDraft(list, values) {
  const { total } = partsOf(list);
  if (total) return Number(values.find(([name]) => name === total.name)?.[1] ?? 0);
  return values.filter(([name]) => name === list.dataset.lines).length;
}

whenShown("[data-rows], [data-lines]", (list) => {
  const { form } = partsOf(list);
  form.addEventListener("draft:rows", (event) => {
    const wanted = rowsOfDraft(list, event.detail.values);
    while (list.childElementCount < wanted && addRow(list));
  });
  form.querySelector("[data-more-rows]")?.addEventListener("click", (event) => {
    event.preventDefault();
    addRow(list)?.querySelector("input:not([type=hidden]), select")?.focus();
  });
});

const cellsOf = (line) => [...line.querySelectorAll("input")];
const isEmpty = (line) => cellsOf(line).every((cell) => !cell.value.trim());

function next(list, cell) {
  const line = cell.closest("[data-lines] > *");
  const after = cellsOf(line).slice(cellsOf(line).indexOf(cell) + 1);
  const needed = after.find((one) => one.ariaRequired && !one.value.trim());
  return needed ?? cellsOf(line.nextElementSibling ?? addRow(list) ?? line)[0];
}

whenShown("[data-lines]", (list) => {
  list.addEventListener("input", () => {
    if (!isEmpty(list.lastElementChild)) addRow(list);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    const sends = event.ctrlKey || event.metaKey || isEmpty(event.target.closest("[data-lines] > *"));
    event.preventDefault();
    if (sends) partsOf(list).form.requestSubmit();
    else next(list, event.target).focus();
  });
});
