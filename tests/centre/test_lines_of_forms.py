"""A line that somebody types is read as a line in every form: no mark that nobody sees, no two spaces, no control."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings

from aid.forms import ReceiveForm, VoidForm
from centre.lines import LineField

LETTERS_AS_TYPED = {"username", "code", "password", "card", "sheet", "stood", "asked", "house"}
"""What is no line: names and secrets taken to the letter, a card, a pasted sheet, what is searched for."""


def classes(kind: type) -> set[type]:
    return {kind}.union(*map(classes, kind.__subclasses__()))


def written_here() -> list[type[forms.Form]]:
    """Every form of the house, once all its modules are read."""
    houses = {config.name for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    for house in houses:
        for module in pkgutil.walk_packages(importlib.import_module(house).__path__, f"{house}."):
            if "form" in module.name or module.name.startswith("upkeep.opening."):
                importlib.import_module(module.name)
    return sorted((one for one in classes(forms.Form) if one.__module__.split(".")[0] in houses), key=str)


def test_every_line_of_a_form_is_read_as_a_line():
    plain = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in written_here()
        if not any(base.__module__.startswith("allauth.") for base in form.__mro__)
        for name, field in form.base_fields.items()
        if type(field) is forms.CharField and "phone" not in name and name not in LETTERS_AS_TYPED
    }
    assert plain == set()


def test_nothing_that_is_pasted_is_cut_by_a_browser_without_a_word():
    cut = [
        f"{form.__name__}.{name}"
        for form in written_here()
        for name, field in form.base_fields.items()
        if isinstance(field.widget, forms.Textarea | forms.TextInput)
        if "maxlength" in field.widget.render(name, "", field.widget_attrs(field.widget))
    ]
    pages = (settings.BASE_DIR / "templates").rglob("*.html")
    cut += [page.name for page in pages if "maxlength=" in page.read_text()]
    assert cut == []


A_FORM = re.compile(r"<form\b((?:[^>{]|\{%.*?%\}|\{\{.*?\}\})*)>(.*?)</form>", re.DOTALL)
SAYS_BESIDE = re.compile(r"as_field_group|_error_summary|_field\.html|\{\{ form \}\}")
ASKS_BEFORE = {"mfa/_passkey.html"}  # a key is made for what was typed, before it is sent


def test_what_is_wrong_is_said_beside_its_field_in_the_words_of_the_account_and_not_by_the_browser():
    pages = settings.BASE_DIR / "templates"
    by_the_browser = {
        str(page.relative_to(pages))
        for page in pages.rglob("*.html")
        for tag, inside in A_FORM.findall(page.read_text())
        if 'method="post"' in tag and SAYS_BESIDE.search(inside) and "novalidate" not in tag
    }
    assert by_the_browser == ASKS_BEFORE


def test_a_donor_typed_with_marks_and_spaces_is_the_same_donor():
    donor = ReceiveForm.base_fields["donor"]
    assert isinstance(donor, LineField)
    assert donor.clean(" Կարմիր\u200b  Խաչ\u202e ") == "Կարմիր Խաչ"


@pytest.mark.parametrize("text", ["late\x07", "late\ue000"])
def test_a_reason_with_a_character_that_cannot_be_read_is_refused(text):
    form = VoidForm({"reason": text, "id": "8f3e1d52-7a53-4c1e-9d54-0e7f2f1b9a10"})
    assert form.errors == {"reason": ["It has a character that cannot be read. Type it again."]}
