"""What the API answers when it does not do what it was asked, and the shapes of it."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from centre.access import NotAllowed
from centre.bodies import TooLarge, path_of
from centre.log import write_log
from centre.models import LogLine, User
from centre.refusals import Refusal

FIELDS = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
    "description": "What is wrong, by the path of the field: members[1].carer",
}
DETAIL = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
REFUSAL = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "detail": {"type": "string"}},
    "required": ["code", "detail"],
}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a refusal with its status, bad input with 400 and the field's path; an unknown error stays loud."""
    if isinstance(error, Refusal):
        return Response({"code": error.code, "detail": str(error), **error.beside}, error.status, headers=error.headers)
    if isinstance(error, NotAllowed):
        _log_not_allowed(context)
    if isinstance(error, Http404):
        error = exceptions.NotFound()  # Django's own words name the model, in English
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge()
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError(_("This request cannot be read."))
    response = exception_handler(error, context)
    if response is not None and isinstance(error, (exceptions.ValidationError, exceptions.ParseError)):
        response.data = flat(error.detail)
    return response


def flat(detail: Any, path: tuple[str | int, ...] = ()) -> dict[str, list[str]]:
    """{"members": [{}, {"age": ["…"]}]} as {"members[1].age": ["…"]}; what concerns the whole is "detail"."""
    if isinstance(detail, dict):
        # a list's errors come as a dict by position, one child's under the child's name
        inner = [(path if name == "detail" and path else (*path, name), value) for name, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(part, (dict, list)) for part in detail):
        inner = [((*path, place), value) for place, value in enumerate(detail)]
    else:
        return {path_of(path): [str(part) for part in (detail if isinstance(detail, list) else [detail])]}
    found: dict[str, list[str]] = {}
    for steps, value in inner:
        if value:
            found |= flat(value, steps)
    return found


def _log_not_allowed(context: dict[str, Any]) -> None:
    user = getattr(context.get("request"), "user", None)
    view = context.get("view")
    if isinstance(user, User):
        write_log(user, LogLine.Verb.REFUSED, getattr(view, "basename", "") or "")
