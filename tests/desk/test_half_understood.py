"""Every text field of every act is given what it half understands: it keeps all of it, or says what is wrong."""

import re
from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

import reception.urls  # noqa: F401 - all forms stand before they are looked for
from centre.forms import ActForm
from desk.births import in_words
from desk.fields import BirthField, PhoneField
from desk.intake import MemberForm
from registrations.facts import Birth

HALF = [
    "091123456, 09", "091123456 ext 5", "091123456; 093112233", "091123456 mother", "+374 91 12 34 56 / 12",
    "04.05.1989 or 1990", "04.05.1989 morning", "34 or 35", "1989?", "8 ամս 3 օր", "2 года 1989", "30-35", "12.3.15",
    "4127 B 123", "Աննա (Անի)", "Anna / Ani", "Анна-Мария, ж", "unknown male", "12 kg", "٣٤ years", "1 год 2 мес",
]  # fmt: skip
TODAY = date(2026, 11, 26)


def all_kinds(form):
    return [form, *(kind for child in form.__subclasses__() for kind in all_kinds(child))]


def text_fields():
    for form in [*all_kinds(ActForm), MemberForm]:
        for name, field in form.base_fields.items():
            if isinstance(field, forms.CharField) and not isinstance(field, forms.GenericIPAddressField):
                yield pytest.param(field, id=f"{form.__name__}.{name}")


def signs(text):
    return [sign for sign in text if sign.isalnum()]


def is_kept(field, typed):
    """Whether all of it is kept, or something is said beside the field."""
    try:
        kept = field.clean(typed)
    except ValidationError as error:
        return all(error.messages)
    if isinstance(field, PhoneField):
        return len(re.findall(r"\d", kept)) >= len(re.findall(r"\d", typed))
    if isinstance(field, BirthField):
        return kept != Birth() and bool(in_words(kept, TODAY))
    return signs(kept) == signs(typed) if isinstance(kept, str) else kept is not None


@pytest.mark.django_db
@pytest.mark.parametrize("field", [*text_fields()])
def test_nothing_half_understood_is_dropped_in_silence(field):
    assert [typed for typed in HALF if not is_kept(field, typed)] == []
