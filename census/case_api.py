"""The API of cases in numbers."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from casework.kinds import Kind
from census.case_numbers import case_numbers, cells, shown
from centre.access import Permission, allows, require
from centre.limits import CENSUSES, bound
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffCall
from centre.viewsets import check_parameters


class CaseNumber(serializers.Serializer[Any]):
    """How many cases of a kind are in a group; `cut` says of what: state, age, sex, site or outcome."""

    cut = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    group = serializers.CharField(allow_blank=True, help_text="Empty where it is not known; of a site, its id.")
    cases = serializers.CharField(help_text="A number; in tens, or under ten, for who follows no cases.")


class CaseNumbersView(viewsets.GenericViewSet[Any]):
    """Cases in numbers, without people."""

    serializer_class = CaseNumber
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=CaseNumber(many=True), filters=False)
    def list(self, request: StaffCall) -> Response:
        """A line for each cut, kind and group in which there is a case, or may be; no line is a sum of others."""
        check_parameters(request.query_params, set())
        if not allows(request.user, Permission.SEE_CASES):
            require(request.user, Permission.SEE_CENSUS)
        bound(request.user, CENSUSES)
        told = case_numbers(request.user, timezone.now())
        write_log(request.user, LogLine.Verb.OPENED, "case", ["numbers"])
        lines = [
            {"cut": cut.key, "kind": kind, "group": group, "cases": shown(cut.counts[kind][group], told.hides)}
            for cut in told.cuts
            for kind, group in cells(cut, told.hides)
        ]
        return Response(CaseNumber(lines, many=True).data)
