"""The API of the census: snapshots, and the tally of a day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from census.actions import Revised, revise_snapshot, take_snapshots
from census.cuts import Cut, Part, cut_to_show, require_cut
from census.errors import NotSettled
from census.files import census_file
from census.filters import SnapshotFilterSet
from census.models import Snapshot
from census.profiles import Profile
from census.selectors import Tally, last_snapshot
from census.sight import snapshots_for, tally_for
from census.tasks import ask_for_snapshots
from centre.access import Permission, require
from centre.acts import check_instant
from centre.clock import local_day, local_instant
from centre.fields import Choice, Facts, Instant, SiteField, Text
from centre.limits import CENSUSES, bound
from centre.models import Site
from centre.requests import StaffCall
from centre.sheets import CONTENT_TYPES, read_why
from centre.viewsets import ActFacts, Rows, act_on_row, check_parameters

FIRST_DAY = date(2020, 1, 1)
AS_GOOD_AS_NOW = timedelta(minutes=1)
PLACES = serializers.DictField(
    help_text=(
        "By a site's code, confidential_sites (those that one may not know; counted with the smallest others as "
        "other_sites where they are fewer than three or hold fewer than ten people), on_the_way and total: "
        "`people` by sex and cohort, and the `balance` line by line; in a revision also `revised`: from the closing of "
        "the revision before to its own, by cause."
    )
)
FIGURES = serializers.DictField(allow_null=True, help_text="The figures, never mixed; null in the tally of one site.")


class SnapshotRow(serializers.ModelSerializer[Snapshot]):
    """A tally frozen at an instant: of one site, or of the whole operation when the site is null."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True, allow_null=True)
    figures = serializers.SerializerMethodField()

    class Meta:
        model = Snapshot
        fields: tuple[str, ...] = (
            "id",
            "site",
            "at",
            "known_at",
            "revision",
            "reason",
            "opening",
            "taken_at",
            "figures",
        )

    def get_figures(self, snapshot: Snapshot) -> dict[str, Any] | None:
        return snapshot.tally.get("figures")


class SnapshotFile(SnapshotRow):
    """A snapshot with every place in it."""

    places = serializers.SerializerMethodField()

    class Meta(SnapshotRow.Meta):
        fields = (*SnapshotRow.Meta.fields, "places")

    def get_places(self, snapshot: Snapshot) -> dict[str, Any]:
        return tally_for(self.context["request"].user, snapshot.tally)["places"]


class TakeFacts(Facts):
    """The instant to freeze."""

    at = Instant(help_text="The instant; asked for twice, it is frozen once.")
    known_at = Instant(required=False, help_text="As known at this instant; as known at `at` itself when absent.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "known_at" in attrs and not attrs["at"] <= attrs["known_at"] <= timezone.now():
            raise serializers.ValidationError({"known_at": [_("Say an instant after it, and not in the future.")]})
        return attrs


class ReviseFacts(ActFacts):
    """Why the figures of a snapshot are revised."""

    reason = Text(max_length=200)


class Taken(serializers.Serializer[Any]):
    """The snapshots of the instant; none yet while its facts settle."""

    at = serializers.DateTimeField()
    snapshots = serializers.ListField(child=serializers.UUIDField())


class Snapshots(Rows):
    """Snapshots of the operation, and of the sites where the asker reads the census."""

    queryset = Snapshot.objects.all()
    filterset_class = SnapshotFilterSet

    def get_serializer_class(self) -> Any:
        return SnapshotFile if self.action == "retrieve" else SnapshotRow

    def get_queryset(self) -> Any:
        return snapshots_for(self.request.user).select_related("site")

    @extend_schema(
        request=TakeFacts,
        responses={201: Taken, 202: OpenApiResponse(Taken, _("It is taken once the data for that time is complete."))},
    )
    @action(detail=False, methods=["post"])
    def take(self, request: StaffCall) -> Response:
        """Freeze the tally of an instant: at once, or by the worker as soon as its facts have settled.

        As known later than at the instant itself, as for a replay of days long past, the worker freezes it.
        """
        require(request.user, Permission.TAKE_CENSUS)
        facts = TakeFacts(data=request.data, context={"request": request})
        facts.is_valid(raise_exception=True)
        at, known_at = check_instant(facts.validated_data["at"]), facts.validated_data.get("known_at")
        try:
            if known_at:
                raise NotSettled
            take_snapshots(at, sites=list(Site.objects.open(at)), by=request.user)
        except NotSettled:
            ask_for_snapshots(at, by=request.user, known_at=known_at)
            return Response(Taken({"at": at, "snapshots": []}).data, status=status.HTTP_202_ACCEPTED)
        taken = self.get_queryset().filter(at=at).values_list("pk", flat=True)
        return Response(Taken({"at": at, "snapshots": list(taken)}).data, status=status.HTTP_201_CREATED)

    @act_on_row(ReviseFacts, Revised)
    def revise(self, snapshot: Snapshot, body: ReviseFacts) -> Revised:
        """Freeze the snapshot's instant once more, as known now: a new row with the next revision; this one stays."""
        return revise_snapshot(snapshot, **body.facts)


class CensusQuestion(Facts):
    """Which day, which site, and as known when."""

    on = serializers.DateField(required=False, help_text="The local day; today when absent.")
    at = Instant(required=False, help_text="An instant instead of a day, counted now.")
    site = SiteField(required=False)
    known_at = Instant(required=False, help_text="As known at this instant; as known now when absent.")
    by = Choice(choices=Cut.choices, required=False, help_text="Tell those present and on the way apart by this, too.")

    def validate_on(self, on: date) -> date:
        if not FIRST_DAY <= on <= timezone.localdate():
            raise serializers.ValidationError(_("There is no census of that day."))
        return on

    def validate_at(self, at: datetime) -> datetime:
        self.validate_on(local_day(at))
        if at > timezone.now():
            raise serializers.ValidationError(_("This has not happened yet."))
        return _whole_hour(at)

    def validate_known_at(self, known_at: datetime) -> datetime:
        return _whole_hour_or_now(known_at)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "on" in attrs and "at" in attrs:
            raise serializers.ValidationError({"at": [_("Say the day or the instant: one of them.")]})
        return attrs


class PartRow(serializers.Serializer[Part]):
    """Those who are alike: of one home (a district's code), of families of one size here, with a need, with a wish."""

    value = serializers.CharField(
        help_text="Empty where it is not known; of `needs` a code; of `waiting`: housed, or what they wish."
    )
    people = serializers.IntegerField(allow_null=True, help_text="Null where fewer than ten have the need.")
    households = serializers.IntegerField(allow_null=True)


@extend_schema_serializer(many=False)
class CensusAnswer(serializers.Serializer[Any]):
    """The people of a day: the last snapshot of the day, or else a tally counted now."""

    on = serializers.DateField()
    at = serializers.DateTimeField(help_text="The instant that is counted.")
    known_at = serializers.DateTimeField()
    site = serializers.CharField(allow_null=True)
    snapshot = serializers.UUIDField(allow_null=True, help_text="Null where it was counted now.")
    revision = serializers.IntegerField(allow_null=True, help_text="Of the snapshot; null where it was counted now.")
    figures = FIGURES
    places = PLACES
    parts = PartRow(
        many=True, allow_null=True, help_text="Those present and on the way told apart `by` what was asked; else null."
    )


class Census(viewsets.GenericViewSet[Any]):
    """The census of a day."""

    serializer_class = CensusAnswer
    pagination_class = None
    filter_backends = ()

    @extend_schema(parameters=[CensusQuestion], responses=CensusAnswer, filters=False)
    def list(self, request: StaffCall) -> Response:
        """The last snapshot of the day; where there is none, or with `at` or `known_at`, a tally counted now."""
        check_parameters(request.query_params, set(CensusQuestion().fields))
        question = CensusQuestion(data=request.query_params.dict(), context={"request": request})
        question.is_valid(raise_exception=True)
        said = question.validated_data
        site = said.get("site")
        require(request.user, Permission.SEE_CENSUS, site)
        by = said.get("by")
        if by:
            require_cut(request.user, Cut(by), site)
        bound(request.user, CENSUSES)
        at, known_at = said.get("at"), said.get("known_at")
        on = local_day(at) if at else said.get("on") or timezone.localdate()
        found = None if at or known_at else _snapshot_of(on, site)
        answer = _from_snapshot(found) if found else _counted_now(at or _hour_of(on, site), site, known_at)
        shown = {
            "figures": answer["tally"].get("figures"),
            "places": tally_for(request.user, answer["tally"])["places"],
        }
        shown["parts"] = cut_to_show(Cut(by), answer["at"], answer["known_at"], site) if by else None
        return Response(CensusAnswer({"on": on, "site": site.code if site else None, **answer, **shown}).data)


class FileQuestion(Facts):
    """Which day's file, for whom, in which language, as known when, and why it leaves."""

    on = serializers.DateField(help_text="The local day.")
    suffix = Choice(choices=[(suffix, suffix) for suffix in CONTENT_TYPES])
    profile = Choice(choices=Profile.choices, default=Profile.OFFICIAL.value)
    lang = Choice(choices=settings.LANGUAGES, required=False, help_text="The asker's own when absent.")
    known_at = Instant(required=False, help_text="As known at this instant: counted now, for officials only.")
    why = Text(max_length=300, clean=read_why, help_text="Why it leaves: it stands in the file and in the log.")

    def validate_on(self, on: date) -> date:
        return CensusQuestion().validate_on(on)

    def validate_known_at(self, known_at: datetime) -> datetime:
        return _whole_hour_or_now(known_at)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "known_at" in attrs and attrs["profile"] == Profile.PUBLIC:
            raise serializers.ValidationError({"known_at": [_("Only a snapshot can be published.")]})
        return attrs


def _whole_hour(at: datetime) -> datetime:
    """Two answers a minute apart would tell a family by what it adds."""
    if at.minute or at.second or at.microsecond:
        raise serializers.ValidationError(_("Ask for a whole hour, such as 14:00."))
    return at


def _whole_hour_or_now(known_at: datetime) -> datetime:
    """As known now is what everybody is answered who names no instant."""
    return known_at if known_at >= timezone.now() - AS_GOOD_AS_NOW else _whole_hour(known_at)


ASKED = sorted(set(FileQuestion().fields) - {"on", "suffix"})


class CensusFile(APIView):
    """A day's census as a file to keep."""

    serializer_class = FileQuestion

    @extend_schema(
        operation_id="census_file",
        parameters=[OpenApiParameter(name, str, required=name == "why") for name in ASKED],
        responses={(200, kind.partition(";")[0]): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()},
    )
    def get(self, request: StaffCall, on: str, suffix: str) -> HttpResponse:
        """The last snapshot of the day, else a tally counted now: CSV with HXL tags, XLSX or JSON."""
        require(request.user, Permission.SEE_CENSUS)
        check_parameters(request.query_params, set(ASKED))
        said = request.query_params.dict() | {"on": on, "suffix": suffix}
        question = FileQuestion(data=said, context={"request": request})
        question.is_valid(raise_exception=True)
        facts = dict(question.validated_data)
        facts["language"] = facts.pop("lang", request.user.language)
        return census_file(facts.pop("on"), by=request.user, **facts | {"profile": Profile(facts["profile"])})


def _snapshot_of(on: date, site: Site | None) -> Snapshot | None:
    return Snapshot.objects.on(on).filter(site=site).the_days_first().first()


def _from_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "at": snapshot.at,
        "known_at": snapshot.known_at,
        "snapshot": snapshot.pk,
        "revision": snapshot.revision,
        "tally": snapshot.tally,
    }


def _hour_of(on: date, site: Site | None) -> datetime:
    """The day's last cut-off hour; this moment when that has not come yet."""
    now = timezone.now()
    hours = site.cut_off_hours if site else settings.CENSUS_HOURS
    return now if on == local_day(now) else local_instant(on, max(hours))


def _counted_now(at: datetime, site: Site | None, known_at: datetime | None) -> dict[str, Any]:
    known_at = known_at or timezone.now()
    tally = Tally(at, known_at).row(site, last_snapshot(site, at, known_at))
    return {"at": at, "known_at": known_at, "snapshot": None, "revision": None, "tally": tally}
