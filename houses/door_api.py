"""The API of a house at its own door: who is expected, in and out; and who sleeps where, now or then."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from centre.access import Permission, allows, require
from centre.fields import Facts, Instant, SiteField
from centre.limits import LOOKS, bound
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffCall
from centre.sight import allowed_at
from centre.viewsets import check_parameters
from houses.door_views import READ_WHO_SLEEPS
from shelter.rollcalls import Sleeping, households_of, who_sleeps_in
from shelter.selectors import HoldRow, holds_now

SITE = OpenApiParameter("site", str, required=True, description="The code of the house.")
AT = OpenApiParameter("at", OpenApiTypes.DATETIME, description="Now when absent.")


class SiteQuestion(Facts):
    """Which house."""

    site = SiteField()


class SleepingQuestion(SiteQuestion):
    """Which house, and when."""

    at = Instant(required=False)

    def validate_at(self, at: Any) -> Any:
        if at > timezone.now():
            raise serializers.ValidationError(_("This hour is still to come."))
        return at


class AsleepRow(serializers.Serializer[Any]):
    """Somebody who sleeps in the house."""

    individual = serializers.UUIDField(source="individual_id")
    household = serializers.UUIDField(source="household_id", allow_null=True)
    number = serializers.CharField(source="code")
    initials = serializers.CharField()
    room = serializers.CharField()
    stay = serializers.UUIDField(source="stay_id")
    since = serializers.DateTimeField(help_text="When the stay began.")
    shares = serializers.BooleanField(help_text="Whether, under two, without a place.")
    without_a_place = serializers.SerializerMethodField(help_text="Whether in the room beyond its places.")

    def get_without_a_place(self, row: Sleeping) -> bool:
        """Whether they are overflow."""
        return not (row.has_place or row.shares)


class DoorFamily(serializers.Serializer[HoldRow]):
    """A family for whom places are held in the house, or were."""

    household = serializers.UUIDField(source="household_id")
    number = serializers.CharField(source="code")
    holds = serializers.ListField(child=serializers.UUIDField(), help_text="Of its people: to be checked in.")
    rooms = serializers.ListField(child=serializers.CharField())
    until = serializers.DateTimeField()


class DoorRow(serializers.Serializer[Any]):
    """The house at its own door."""

    site = serializers.CharField()
    expected = DoorFamily(many=True)
    did_not_come = DoorFamily(many=True)
    away = DoorFamily(many=True, help_text="Whose beds are kept.")
    inside = AsleepRow(many=True)


class Door(viewsets.GenericViewSet[Any]):
    """A house for who receives there."""

    serializer_class = DoorRow
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=DoorRow, parameters=[SITE], filters=False)
    def list(self, request: StaffCall) -> Response:
        """Who is expected, in and out."""
        now, (site, _at) = timezone.now(), _asked(request, SiteQuestion, Permission.CHECK_IN)
        holds, rows = holds_now([site.pk], now), who_sleeps_in(site, now)
        shown = [row.household_id for row in holds] + households_of(rows)
        write_log(request.user, LogLine.Verb.OPENED, "house", ["stays"], key=site.code, shown=shown)
        told = {
            "site": site.code,
            "expected": [row for row in holds if not (row.away or row.no_show)],
            "did_not_come": [row for row in holds if row.no_show and not row.taken_off],
            "away": [row for row in holds if row.away],
            "inside": rows,
        }
        return Response(DoorRow(told).data)


class WhoSleeps(viewsets.GenericViewSet[Any]):
    """Who sleeps where in a house."""

    serializer_class = AsleepRow
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=AsleepRow(many=True), parameters=[SITE, AT], filters=False)
    def list(self, request: StaffCall) -> Response:
        """Everybody who sleeps there, now or at an hour of the past, by room: numbers and initials."""
        site, at = _asked(request, SleepingQuestion, *READ_WHO_SLEEPS)
        rows = who_sleeps_in(site, at)
        write_log(request.user, LogLine.Verb.OPENED, "house", ["sleeping"], key=site.code, shown=households_of(rows))
        return Response(AsleepRow(rows, many=True).data)


def _asked(request: StaffCall, question: type[SiteQuestion], *permissions: Permission) -> tuple[Site, Any]:
    """The open house and the instant that are asked for, for who may do one of these there; else there is no house."""
    if not any(allows(request.user, permission) for permission in permissions):
        require(request.user, permissions[0])
    names = set(question().fields)
    check_parameters(request.query_params, names | {"format"})
    asked = question(data=request.query_params.dict(), context={"request": request})
    asked.is_valid(raise_exception=True)
    bound(request.user, LOOKS)
    said = asked.validated_data
    ours = Site.objects.filter(allowed_at(request.user, *permissions)).open(timezone.now())
    site = ours.filter(pk=said["site"].pk).first()
    if site is None:
        raise serializers.ValidationError({"site": [SiteField.default_error_messages["unknown"]]})
    return site, said.get("at", timezone.now())
