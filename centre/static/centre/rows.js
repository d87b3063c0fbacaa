// A list of rows that grows: by the button, by what is typed, and to as many as a draft has.

import { whenShown } from "./shown.js";

const partsOf = (list) => {
  const form = list.closest("form");
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
  total.value = number + 1;
  const row = list.lastElementChild;
  list.dispatchEvent(new CustomEvent("rows:added", { bubbles: true, detail: { row } }));
  return row;
}

whenShown("[data-rows]", (list) => {
  const { form, total } = partsOf(list);
  form.addEventListener("draft:rows", (event) => {
    const wanted = Number(event.detail.values.find(([name]) => name === total.name)?.[1] ?? 0);
    while (list.childElementCount < wanted && addRow(list));
  });
  form.querySelector("[data-more-rows]")?.addEventListener("click", (event) => {
    event.preventDefault();
    addRow(list)?.querySelector("input:not([type=hidden]), select")?.focus();
  });
});
