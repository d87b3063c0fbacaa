"""Whether what a form says of a lost line can be read where its button was pressed."""

from playwright.sync_api import Page

# Presses each button of the page's forms that are sent, and reads what the form says then.
_HIDDEN = """async () => {
  const later = (wait) => new Promise((done) => setTimeout(done, wait));
  const said = async (form) => {
    for (let tries = 0; tries < 8; tries += 1) {
      const line = form.querySelector(".sending.bad");
      if (line) return line;
      await later(25);
    }
    return null; // a question of the page's own comes first
  };
  const inSight = (line) => {
    const text = document.createRange();
    text.selectNodeContents(line.firstChild);
    return [...text.getClientRects()].every((box) => {
      const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return there && line.contains(there);
    });
  };
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (line) => {
    let ground = line;
    while (/, 0\\)$/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
    const two = [getComputedStyle(line).color, getComputedStyle(ground).backgroundColor].map(light);
    return (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
  };
  for (const fold of document.querySelectorAll("main details")) fold.open = true;
  const hidden = [];
  const met = new Set(); // of rows that are alike the first is enough
  let read = 0;
  for (const form of document.querySelectorAll("main form[method=post]:not([data-native])")) {
    form.noValidate = true;
    const buttons = [...form.querySelectorAll("button:not([type=button]):not([data-more-rows])")];
    for (const button of buttons.filter((one) => one.checkVisibility() && !met.has(one.textContent))) {
      met.add(button.textContent);
      button.scrollIntoView({ block: "nearest" });
      button.click();
      const line = await said(form);
      if (!line) continue;
      await later(0);
      read += 1;
      if (!inSight(line) || contrast(line) < 4.5) hidden.push(button.textContent.trim().replace(/\\s+/g, " "));
      line.remove();
    }
  }
  return { hidden, read };
}"""


def unread(page: Page) -> tuple[list[str], int]:
    """The buttons whose sentence is hidden, and how many sentences were read."""
    page.context.set_offline(True)
    answer = page.evaluate(_HIDDEN)
    page.context.set_offline(False)
    return answer["hidden"], answer["read"]
