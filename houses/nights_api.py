"""The API of bed nights, and their sheet."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView

from centre.access import Permission, allows, require
from centre.fields import Choice, Facts, SiteField, Text
from centre.limits import CENSUSES, bound
from centre.requests import StaffCall
from centre.sheets import CONTENT_TYPES, read_why
from centre.viewsets import check_parameters
from houses.fields import Month
from houses.forms import ROWS
from houses.sheets import nights_file, read_months, sites_read

SUFFIXES = ("csv", "xlsx")
MONTH = OpenApiParameter("month", str, required=True, description="As 2026-11.")
SITE = OpenApiParameter("site", str, description="A site's code or id; all that the asker may read when absent.")


class NightsQuestion(Facts):
    """Which month, and of which house."""

    month = Month()
    site = SiteField(required=False)


class SheetQuestion(NightsQuestion):
    """What sheet leaves, and why."""

    rows = Choice(choices=ROWS, required=False, help_text="Of the table in CSV; a row a house when absent.")
    lang = Choice(choices=settings.LANGUAGES, required=False, help_text="The asker's own when absent.")
    why = Text(max_length=300, clean=read_why, help_text="Why it leaves: it stands in the file and in the log.")


class NightRow(serializers.Serializer[Any]):
    """A house in one night that is over; the night belongs to the day on whose evening it begins."""

    site = serializers.CharField()
    night = serializers.DateField()
    contracted = serializers.IntegerField()
    used = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    assumed = serializers.IntegerField()
    amber = serializers.IntegerField(help_text="Of those assumed: in their third assumed night in a row, or later.")
    no_show = serializers.IntegerField()
    empty = serializers.IntegerField()
    rate = serializers.DecimalField(max_digits=10, decimal_places=2)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)


NAMES = ("contracted", "used", "confirmed", "assumed", "amber", "no_show", "empty", "rate", "amount")


class BedNights(viewsets.GenericViewSet[Any]):
    """Bed nights of a month, as known now; nobody is named."""

    serializer_class = NightRow
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=NightRow(many=True), parameters=[MONTH, SITE], filters=False)
    def list(self, request: StaffCall) -> Response:
        """A line for each house and night of the month."""
        said = _asked(request, NightsQuestion)
        months = read_months(_sites(request, said), said["month"], timezone.now())
        lines = [
            {"site": one.site.code, "night": night.day} | {name: getattr(night, name) for name in NAMES}
            for one in months
            for night in one.nights
        ]
        return Response(NightRow(lines, many=True).data)


class NightsFile(APIView):
    """The same as a sheet, with the invoices."""

    serializer_class = SheetQuestion

    @extend_schema(
        operation_id="bed_nights_file",
        parameters=[
            OpenApiParameter("suffix", str, "path", enum=SUFFIXES),
            MONTH,
            SITE,
            *(OpenApiParameter(name, str, required=name == "why") for name in ("rows", "lang", "why")),
        ],
        responses={(200, CONTENT_TYPES[suffix].partition(";")[0]): OpenApiTypes.BINARY for suffix in SUFFIXES},
    )
    def get(self, request: StaffCall, suffix: str) -> HttpResponse:
        """The month as CSV or XLSX."""
        said = _asked(request, SheetQuestion)
        language = said.get("lang") or request.user.language
        sheet: dict[str, Any] = {"suffix": suffix, "why": said["why"], "language": language, "by": request.user}
        if "rows" in said:
            sheet["rows"] = said["rows"]
        return nights_file(_sites(request, said), said["month"], **sheet)


def _asked(request: StaffCall, question: type[NightsQuestion]) -> dict[str, Any]:
    """What is asked, for who may read bed nights anywhere; raises ValidationError for what cannot be read."""
    if not allows(request.user, Permission.SEE_LOG):
        require(request.user, Permission.SET_UP_ROOMS)
    names = set(question().fields)
    check_parameters(request.query_params, names | {"format"})
    said = {name: value for name, value in request.query_params.dict().items() if name in names}
    asked = question(data=said, context={"request": request})
    asked.is_valid(raise_exception=True)
    bound(request.user, CENSUSES)
    return dict(asked.validated_data)


def _sites(request: StaffCall, said: dict[str, Any]) -> Any:
    sites = sites_read(request.user)
    return sites.filter(pk=said["site"].pk) if "site" in said else sites
