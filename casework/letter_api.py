"""The API of letters and photos kept with cases."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from casework.fields import Line
from casework.letter_forms import LONGEST_TITLE
from casework.letter_views import letter_file
from casework.models import Letter
from casework.reading_letters import MOST_BYTES, read_base64
from centre.fields import Text
from centre.limits import FILES, bound
from centre.viewsets import ActFacts, Rows


class LetterRow(serializers.ModelSerializer[Letter]):
    """A letter or photo kept with a case, by the step that brought it; its content is at `file/`."""

    id = serializers.UUIDField(source="step_id", read_only=True)
    case = serializers.UUIDField(source="step.case_id", read_only=True)

    class Meta:
        model = Letter
        fields = ("id", "case", "media_type", "size", "gone_at")


class LetterFacts(ActFacts):
    """A letter or photo."""

    words = Line(max_length=LONGEST_TITLE, help_text="What it is.")
    sheet = Text(max_length=MOST_BYTES * 4 // 3 + 4, clean=read_base64, help_text="PDF, JPEG, PNG or WebP, as base64.")

    def to_internal_value(self, data: Any) -> Any:
        bound(self.asker, FILES)  # before the file is read
        return super().to_internal_value(data)


class Letters(Rows):
    """Letters and photos in the cases that the asker sees."""

    queryset = Letter.objects.all()
    serializer_class = LetterRow
    filterset_class = None
    lookup_url_kwarg = "id"
    about = "step.case.individual_id"

    def get_queryset(self) -> Any:
        return Letter.objects.visible_to(self.request.user).defer("content").select_related("step__case")

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, id: str) -> HttpResponse:
        """The letter itself, to be saved and not shown; each look leaves a line in the log."""
        return letter_file(self.get_object(), self.request.user)
