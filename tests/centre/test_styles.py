"""A class that a page bears and a class that a style is for are the same classes: neither waits for the other."""

import re

from django.conf import settings

OF_LIBRARIES = {"htmx-indicator", "htmx-request"}  # htmx sets them itself

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTOR = re.compile(r"([^{};]+)\{")
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
BORNE = re.compile(r'class="((?:\{[{%].*?[%}]\}|[^"])*)"')
TAG = re.compile(r"\{[{%].*?[%}]\}")


def read(pattern: str) -> str:
    """All files of the house of this pattern, one after the other."""
    kept = (path for path in settings.BASE_DIR.glob(pattern) if path.relative_to(settings.BASE_DIR).parts[0] != "var")
    return "\n".join(path.read_text() for path in kept)


def styled() -> set[str]:
    selectors = SELECTOR.findall(COMMENT.sub("", read("*/static/**/*.css")))
    return {name for selector in selectors for name in CLASS.findall(selector)}


def test_each_style_is_for_a_class_that_something_bears():
    words = set(re.findall(r"[\w-]+", read("templates/**/*.html") + read("*/static/**/*.js") + read("*/*.py")))
    assert len(styled()) > 100
    assert styled() - words == OF_LIBRARIES


def test_each_class_that_a_page_bears_has_a_style_or_a_script():
    scripts = set(re.findall(r"[\w-]+", read("*/static/**/*.js")))
    borne = {name for said in BORNE.findall(read("templates/**/*.html")) for name in TAG.sub(" ", said).split()}
    assert len(borne) > 100
    assert borne - styled() - scripts == set()
