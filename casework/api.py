"""The API of casework: cases, for those who follow them."""

from typing import Any

from rest_framework import serializers

from casework.filters import CaseFilterSet
from casework.models import Case
from centre.models import Site
from centre.viewsets import Rows


class CaseRow(serializers.ModelSerializer[Case]):
    """A matter followed for a person."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)

    class Meta:
        model = Case
        fields = ("id", "individual", "site", "reason", "urgent", "opened_at", "closed_at")


class Cases(Rows):
    """Cases at the sites where the asker follows cases."""

    queryset = Case.objects.all()
    serializer_class = CaseRow
    filterset_class = CaseFilterSet
    about = "individual_id"

    def get_queryset(self) -> Any:
        return Case.objects.visible_to(self.request.user).select_related("site")
