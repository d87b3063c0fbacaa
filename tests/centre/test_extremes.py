"""The ends of the calendar and a NUL, in every field of a page, filter and act that takes a day, an hour or words."""

from collections.abc import Iterator
from typing import Any

import django_filters
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from rest_framework import serializers

from centre.days import LocalDay, LocalMinute
from centre.fields import Facts
from centre.filters import InstantInput

HOUSE = (
    "aid", "cards", "casework", "census", "centre", "desk", "houses", "plans", "registrations", "shelter", "transport",
    "upkeep",
)  # fmt: skip
ENDS = ["9999-12-31", "0001-01-01"]
SHAPES = {
    LocalDay: "{}",
    LocalMinute: "{} 00:00",
    InstantInput: "{}T00:00:00+14:00",
}


def _below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _ours(kind: type) -> list[Any]:
    assert get_resolver().url_patterns  # every view, and with it every form, is loaded
    return [each for each in _below(kind) if each.__module__.split(".")[0] in HOUSE]


def _form_fields() -> list[tuple[str, forms.Field]]:
    own = [(form, form.base_fields) for form in _ours(forms.BaseForm)]
    own += [
        (
            narrowed,
            {name: one.field_class(**one.extra) for name, one in narrowed.base_filters.items() if _asks_day(one)},
        )
        for narrowed in _ours(django_filters.FilterSet)
    ]
    return [(f"{form.__qualname__}.{name}", field) for form, fields in own for name, field in fields.items()]


def _asks_day(one: django_filters.Filter) -> bool:
    return issubclass(one.field_class, (forms.DateField, forms.DateTimeField, InstantInput))


def test_every_day_and_instant_of_a_page_or_filter_refuses_the_ends_of_the_calendar():
    asked = [
        (name, field)
        for name, field in _form_fields()
        if isinstance(field, (forms.DateField, forms.DateTimeField, InstantInput))
    ]
    assert len(asked) > 8
    for name, field in asked:
        shape = next((SHAPES[kind] for kind in type(field).__mro__ if kind in SHAPES), None)
        assert shape, f"{name}: take one that knows the ends of the calendar"
        for end in ENDS:
            with pytest.raises(ValidationError):
                field.clean(shape.format(end))


def test_every_text_of_a_page_refuses_a_nul():
    texts = [(name, field) for name, field in _form_fields() if isinstance(field, forms.CharField)]
    assert len(texts) > 40
    for name, field in texts:
        with pytest.raises(ValidationError) as refused:
            field.clean("a\x00b")
        assert "Null characters are not allowed." not in refused.value.messages, name


def test_every_instant_of_an_act_is_one_that_refuses_the_ends_of_the_calendar():
    loose = [
        f"{facts.__qualname__}.{name}"
        for facts in _ours(Facts)
        for name, field in facts._declared_fields.items()
        if isinstance(field, serializers.DateTimeField) and not field.read_only
    ]
    assert loose == []
