"""The API of the log, for those who may read it."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponseBase
from rest_framework import serializers
from rest_framework.views import APIView

from centre.access import Permission, require
from centre.log import write_log
from centre.models import LogLine, User
from centre.requests import StaffCall
from centre.viewsets import Rows
from desk.filters import LogFilterSet
from desk.list_api import ListQuestion, list_schema, take_list
from desk.log_lines import reads_cases, without_case
from desk.shown_file import shown_file

FILTERS = tuple(LogFilterSet.base_filters)


class LogRow(serializers.ModelSerializer[LogLine]):
    """Who was shown, or did, what: ids and names of fields, never values."""

    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)

    class Meta:
        model = LogLine
        fields = ("id", "at", "by", "verb", "subject", "subject_id", "fields", "keys", "address", "why")

    def to_representation(self, line: LogLine) -> Any:
        return super().to_representation(line if reads_cases(self.context["request"].user) else without_case(line))


class LogLines(Rows):
    """Lines of the log: all of them for a role at all sites, else those of the staff of one's own sites."""

    queryset = LogLine.objects.all()
    serializer_class = LogRow
    filterset_class = LogFilterSet

    def get_queryset(self) -> Any:
        return LogLine.objects.visible_to(self.request.user).select_related("by")

    def _log(self, verb: LogLine.Verb, subject: Any, fields: Iterable[str], rows: Iterable[Any]) -> None:
        write_log(self.request.user, LogLine.Verb.OPENED, "log", fields)


class ShownFile(APIView):
    """Whose families were shown to whom, for those who may read the log."""

    serializer_class = ListQuestion

    @list_schema("log_shown_file", FILTERS)
    def get(self, request: StaffCall, suffix: str) -> HttpResponseBase:
        """A row a family that the lines show, as CSV or XLSX: numbers, no names; the last line tells a whole list."""
        require(request.user, Permission.SEE_LOG)
        lines = LogLine.objects.visible_to(request.user)
        return take_list(request, LogFilterSet, lines, FILTERS, shown_file, suffix)
