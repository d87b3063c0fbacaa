"""What a thumb can hit: buttons and links that stand alone, as a page has laid them out."""

from playwright.sync_api import Page

SMALLEST = 44  # CSS pixels, as `--target` in centre.css
# Every visible button, fold and link, but links within running text.
_TARGETS = """(smallest) => {
  const prose = (link) => {
    const block = link.closest("p, label, legend, .help, small, caption, .prose li");
    return block && block.textContent.trim().length > link.textContent.trim().length;
  };
  const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !one.closest(".skip, .unseen") && !one.disabled;
  const targets = [...document.querySelectorAll("button, summary, a[href], input[type=submit]")]
    .filter((one) => seen(one) && !(one.matches("a") && prose(one)));
  const said = (one) => `<${one.localName}> ${(one.ariaLabel || one.textContent).trim().slice(0, 40)}`;
  const boxes = targets.map((one) => [one, one.getBoundingClientRect()]);
  return boxes.filter(([, box]) => box.height < smallest - 0.5 || box.width < smallest - 0.5)
    .map(([one, box]) => `${said(one)} in ${one.parentElement.localName}.${one.parentElement.className}: `
      + `${Math.round(box.width)} x ${Math.round(box.height)}`);
}"""


def too_small(page: Page) -> list[str]:
    """What a thumb misses on this page, each with its size in CSS pixels."""
    return page.evaluate(_TARGETS, SMALLEST)


# The one filled button of the page, unless the first screen has it, a link to it, or the page is short.
_FAR = """() => {
  const main = [...document.querySelectorAll("main :is(a, button).main")].filter((one) => one.checkVisibility());
  if (main.length !== 1) return [];
  const [one] = main;
  const box = one.getBoundingClientRect();
  const ways = [...document.querySelectorAll("main a[href^='#']")].filter((way) => {
    const there = document.getElementById(way.hash.slice(1));
    return way.getBoundingClientRect().bottom < innerHeight && there?.closest("section, form")?.contains(one);
  });
  if (ways.length) return [];
  const screens = (box.bottom + scrollY) / innerHeight;
  return screens <= 2 ? [] : [`<main> ${one.textContent.trim()} is ${screens.toFixed(1)} screens down`];
}"""


def far_from_the_thumb(page: Page) -> list[str]:
    """The page's one main button, more than two screens down, to which no link of the first screen leads."""
    return page.evaluate(_FAR)
