// Scripts hang on what a page shows: what stands there now, and what comes later by htmx or by an answer.

const hooks = [];

function hang(root, { selector, begin, begun }) {
  for (const element of [root, ...root.querySelectorAll(selector)]) {
    if (begun.has(element) || !element.matches?.(selector)) continue;
    begun.add(element);
    begin(element);
  }
}

// Calls `begin` once for each element that the selector names, as soon as it is on the page.
export function whenShown(selector, begin) {
  const hook = { selector, begin, begun: new WeakSet() };
  hooks.push(hook);
  hang(document, hook);
}

// Says that this part of the page is new.
export function showAll(root) {
  for (const hook of hooks) hang(root, hook);
}

document.addEventListener("htmx:load", (event) => showAll(event.target));
