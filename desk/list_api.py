"""Lists as files in the API: how they are asked for, and the list of families."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.views import APIView

from centre.access import Permission, require
from centre.fields import Choice, Facts, Text
from centre.requests import StaffCall
from centre.sheets import CONTENT_TYPES, read_why
from centre.viewsets import check_parameters
from desk.lists import families_file, families_to_take
from registrations.filters import HouseholdFilterSet

FORMATS = ("csv", "xlsx")
FILTERS = ("site", "present_at", "going", "registered")


class ListQuestion(Facts):
    """In which language a list leaves, and why."""

    lang = Choice(choices=settings.LANGUAGES, required=False, help_text="The asker's own when absent.")
    why = Text(max_length=300, clean=read_why, help_text="Why it leaves: it stands in the log.")


def list_schema(operation: str, names: Sequence[str]) -> Callable[[Any], Any]:
    """What the schema says of a list that these parameters narrow."""
    asked = (*names, "lang", "why")
    return extend_schema(
        operation_id=operation,
        parameters=[
            OpenApiParameter("suffix", str, "path", enum=FORMATS),
            *(OpenApiParameter(name, str, required=name == "why") for name in asked),
        ],
        responses={(200, CONTENT_TYPES[suffix].partition(";")[0]): OpenApiTypes.BINARY for suffix in FORMATS},
    )


def take_list(
    request: StaffCall,
    filters: Any,
    rows: Any,
    names: Sequence[str],
    write: Callable[..., HttpResponseBase],
    suffix: str,
) -> HttpResponseBase:
    """The rows that the parameters of these names leave, as a file; raises ValidationError for what cannot be read."""
    check_parameters(request.query_params, {*names, "lang", "why"})
    asked = {name: value for name, value in request.query_params.dict().items() if name in ("lang", "why")}
    question = ListQuestion(data=asked, context={"request": request})
    question.is_valid(raise_exception=True)
    narrowed = filters(request.query_params, rows, request=request)
    if not narrowed.is_valid():
        raise serializers.ValidationError(narrowed.errors)
    language = question.validated_data.get("lang") or request.user.language
    return write(narrowed.qs, suffix=suffix, language=language, why=question.validated_data["why"], by=request.user)


class FamiliesList(APIView):
    """The people of the households that the asker may take out, as a list."""

    serializer_class = ListQuestion

    @list_schema("households_list_file", FILTERS)
    def get(self, request: StaffCall, suffix: str) -> HttpResponseBase:
        """A row a person as CSV or XLSX, streamed; the last line says that the list is whole."""
        require(request.user, Permission.EXPORT_FAMILIES)
        return take_list(request, HouseholdFilterSet, families_to_take(request.user), FILTERS, families_file, suffix)
