"""The API of the log, for those who may read it."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from centre.log import write_log
from centre.models import LogLine, User
from centre.viewsets import Rows
from desk.filters import LogFilterSet


class LogRow(serializers.ModelSerializer[LogLine]):
    """Who was shown, or did, what: ids and names of fields, never values."""

    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = LogLine
        fields = ("id", "at", "by", "verb", "subject", "subject_id", "fields", "keys", "address", "why")


class LogLines(Rows):
    """Lines of the log: all of them for a role at all sites, else those of the staff of one's own sites."""

    queryset = LogLine.objects.all()
    serializer_class = LogRow
    filterset_class = LogFilterSet

    def get_queryset(self) -> Any:
        return LogLine.objects.visible_to(self.request.user).select_related("by")

    def _log(self, verb: LogLine.Verb, subject: Any, fields: Iterable[str], rows: Iterable[Any]) -> None:
        write_log(self.request.user, LogLine.Verb.OPENED, "log", fields)
