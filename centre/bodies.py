"""Reading a request's body: JSON as the standard has it, and no larger than the house takes."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import JSONParser

DEEPEST = 12  # levels of nesting; an intake has four
LONGEST_KEY = 60  # letters of a name that an error repeats
LONGEST_SEARCH = 100  # letters
UNSTORABLE = {"Cc", "Cs"}  # control characters and halves of surrogate pairs


class TooLarge(APIException):
    """The body is larger than the house takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The body is too large.")
    default_code = "too_large"


class JSONBodies(JSONParser):
    """Parses a body as JSON by RFC 8259: UTF-8, no NaN, no endless number, no letter that cannot be stored.

    Answers 413 for a body over DATA_UPLOAD_MAX_MEMORY_SIZE, which Django checks only where it reads the body
    itself, and 400 for everything else that is no JSON.
    """

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = read_body(stream, (parser_context or {}).get("request"))
        try:
            text = body.decode("utf-8")
            read = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        except (ValueError, RecursionError) as error:
            raise ParseError(_why_not(error)) from error
        check_strings(read)
        return read


def _why_not(error: Exception) -> Any:
    """What is no JSON, and where as far as it is known; Python's own words are no reader's."""
    if isinstance(error, json.JSONDecodeError):
        return _("This is no JSON: line %(line)d, sign %(sign)d.") % {"line": error.lineno, "sign": error.colno}
    return _("This is no JSON that can be read.")


def read_body(stream: IO[bytes], request: Any = None) -> bytes:
    """The bytes of the body; raises TooLarge before more than the limit is held."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    said = request.META.get("CONTENT_LENGTH") if request is not None else None
    if said and said.isdecimal() and int(said) > limit:
        raise TooLarge
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge
    return body


def check_strings(read: Any) -> None:
    """Raise ValidationError, naming the place, for a string that cannot be stored or a value nested too deep."""
    for path, value in _strings(read, ()):
        if not value.isprintable() and any(unicodedata.category(letter) in UNSTORABLE for letter in value):
            raise ValidationError({path_of(path): [_("There is a letter in it that cannot be stored.")]})


def path_of(steps: tuple[str | int, ...]) -> str:
    """("members", 1, "carer") as members[1].carer, in letters that can be shown."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{_shown(step)}" for step in steps)
    return written.removeprefix(".") or "detail"


def _shown(key: str) -> str:
    return key.encode("ascii", "backslashreplace").decode() if not key.isprintable() else key[:LONGEST_KEY]


def _strings(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if len(path) > DEEPEST:
        raise ParseError(_("The body is nested too deep."))
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key
            yield from _strings(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _strings(inner, (*path, position))


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number
