"""What the API says of bad input is for people: no word of Python's, in any language."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from rest_framework import fields, serializers

from centre.fields import Facts
from centre.plain import PLAIN
from reception import api_urls  # noqa: F401 - every body is known once the addresses are

PYTHONS = re.compile(
    r"dictionary|\bdict\b|\bstr\b|\bstring\b|\bpk\b|boolean|integer|datetime|datatype|data_type|input_type|slug_name|Expecting",
    re.IGNORECASE,
)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def bodies(kind: type = Facts) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from bodies(child)


def inside(field: Any) -> Iterator[Any]:
    yield field
    if isinstance(field, serializers.Serializer):
        for child in field.fields.values():
            yield from inside(child)
    elif getattr(field, "child", None) is not None:
        yield from inside(field.child)


def said_by(field: Any) -> dict[str, str]:
    """What a field says that it may say: a number that is text or a float is of no field of ours."""
    return {code: str(words) for code, words in field.error_messages.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_field_of_any_body_speaks_of_python(language):
    seen = 0
    with translation.override(language):
        for body in bodies():
            for field in inside(body()):
                seen += 1
                for code, words in said_by(field).items():
                    assert not PYTHONS.search(words), (body.__name__, field.field_name, code, words)
    assert seen > 300


@pytest.mark.parametrize("language", ["en", "hy", "ru"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        (serializers.ListField(child=fields.IntegerField()), "text"),
        (serializers.ListField(child=fields.IntegerField()), {"a": 1}),
        (fields.DictField(), [1]),
        (Facts(), "text"),
        (Facts(), [1]),
        (Facts(many=True), {}),
        (fields.IntegerField(), {"a": 1}),
        (fields.CharField(), {"a": 1}),
        (fields.BooleanField(), "nonsense"),
        (fields.CharField(), None),
    ],
)
def test_what_is_of_the_wrong_kind_is_said_plainly(language, field, value):
    with translation.override(language), pytest.raises(serializers.ValidationError) as refused:
        field.run_validation(value)
    said = str(refused.value.detail)
    assert not PYTHONS.search(said.replace("ErrorDetail(string=", "")), said
    assert len(PLAIN) > 10


@pytest.mark.parametrize("raw", [b"{", b"[1,", b"nonsense", b"\xff", b'{"a": NaN}'])
def test_what_is_no_json_is_said_plainly(volunteer, raw):
    said = volunteer.send("intakes/", raw).json()["detail"][0]
    assert said.startswith("This is no JSON")
    assert not PYTHONS.search(said)
