"""The API of the inventory: rooms and places, and houses that begin."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from casework.forms import read_one_phone
from centre.access import Permission
from centre.fields import Choice, Instant, RowsField, SiteField, Text
from centre.fields import Count as Number
from centre.limits import HOUSES, bound
from centre.lines import line
from centre.models import Marz, Site, User
from centre.sight import allowed_at
from centre.viewsets import ActFacts, Acts, Rows, SeveralFacts, act_on_list, act_on_row
from shelter.api import rooms_of
from shelter.beginnings import LONGEST_CONTACT, LONGEST_TOWN
from shelter.begun import KINDS, HouseBegun, begin_house
from shelter.dividing import Divided, divide_room
from shelter.filters import PlaceFilterSet, RoomFilterSet
from shelter.inventory import (
    Added,
    Beds,
    PlacesSet,
    RoomFacts,
    RoomSaved,
    add_bed,
    block_places,
    change_room,
    enter_rooms,
    open_places,
    set_places,
    take_beds_away,
)
from shelter.inventory_forms import MOST_ROOMS, NO_PHONE
from shelter.models import FEATURES, MOST_PLACES, Place, Room, Stay, blocked_then
from shelter.room_lines import LONGEST_NAME


def places_of(user: User) -> "QuerySet[Place]":
    """The standing places of the rooms that the user may see."""
    shown = allowed_at(user, Permission.PLACE, Permission.SET_UP_ROOMS, path="room__site")
    return Place.objects.standing().filter(shown).select_related("room__site", "blocked_by")


class RoomRow(serializers.ModelSerializer[Room]):
    """A room: its places, those that are blocked, and those free now and later."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    places = serializers.IntegerField(source="places_in_all")
    blocked = serializers.IntegerField()
    free = serializers.IntegerField()

    class Meta:
        model = Room
        fields = ("id", "site", "name", "kind", "floor", "area", *FEATURES, "places", "blocked", "free")


class SiteToSetUp(SiteField):
    """A site where the asker sets up rooms."""

    def find(self, word: str) -> Site | None:
        site = super().find(word)
        ours = Site.objects.where(self.context["request"].user, Permission.SET_UP_ROOMS)
        return site if site and ours.filter(pk=site.pk).exists() else None


class Features(serializers.Serializer[Any]):
    """What a room is and has."""

    kind = Choice(choices=Room.Kind.choices, required=False)
    floor = Number(
        required=False,
        allow_null=True,
        help_text="0: no stairs, even where the house calls it the first floor.",
        min_value=-5,
        max_value=100,
    )
    area = serializers.DecimalField(
        max_digits=6, decimal_places=1, min_value=1, required=False, allow_null=True, help_text="m²"
    )
    step_free = serializers.BooleanField(required=False)
    women_only = serializers.BooleanField(required=False)
    families_only = serializers.BooleanField(required=False)
    heating = serializers.BooleanField(required=False)
    cot = serializers.BooleanField(required=False)
    near_hospital = serializers.BooleanField(required=False)


class RoomEntered(Features):
    """A room of a list."""

    name = Text(max_length=LONGEST_NAME)
    places = Number(min_value=1, max_value=MOST_PLACES)


class EnterFacts(ActFacts):
    """Rooms of one site, each as it is: all of them, or none."""

    site = SiteToSetUp()
    rooms = serializers.ListField(child=RoomEntered(), allow_empty=False, max_length=MOST_ROOMS)
    besides = serializers.BooleanField(
        required=False, help_text="Whether the house has these places besides those of its room to be divided."
    )

    def validate_rooms(self, rooms: list[dict[str, Any]]) -> list[RoomFacts]:
        names = [room["name"] for room in rooms]
        wrong: dict[Any, Any] = {
            number: {"name": [_("A name stands twice.")]} for number, name in enumerate(names) if name in names[:number]
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return [RoomFacts(**room) for room in rooms]


class ChangeFacts(ActFacts, Features):
    """A room as it is from now on: what is not said it is not, or has not."""

    name = Text(max_length=LONGEST_NAME)
    kind = Choice(choices=Room.Kind.choices)


class SetPlacesFacts(ActFacts):
    """How many places the room has from now on."""

    places = Number(min_value=0, max_value=MOST_PLACES)


class DivideFacts(ActFacts, Features):
    """Places of the room that are a room of their own from now on."""

    name = Text(max_length=LONGEST_NAME)
    places = RowsField(rows=places_of, help_text="Places of this room.")


class Rooms(Rows):
    """Rooms at the asker's sites."""

    queryset = Room.objects.all()
    serializer_class = RoomRow
    filterset_class = RoomFilterSet

    def get_queryset(self) -> Any:
        now = timezone.now()
        taken = Exists(Stay.objects.filter(place=OuterRef("places")).from_(now))
        standing = Q(places__isnull=False, places__retired_at__isnull=True)
        blocked = blocked_then(now, "places__")
        return rooms_of(self.request.user).annotate(
            places_in_all=Count("places", filter=standing),
            blocked=Count("places", filter=standing & blocked),
            free=Count("places", filter=standing & ~blocked & ~Q(taken)),
        )

    @act_on_list(EnterFacts, Added)
    def create(self, body: EnterFacts) -> Added:
        """Set up rooms: all of the list, or none."""
        facts = body.facts
        return enter_rooms(facts.pop("site"), **facts)

    @act_on_row(ChangeFacts, RoomSaved)
    def change(self, room: Room, body: ChangeFacts) -> RoomSaved:
        """Let the room be called so and have this; what it was is kept."""
        return change_room(room, **body.facts)

    @act_on_row(SetPlacesFacts, PlacesSet, url_path="set-places")
    def set_places(self, room: Room, body: SetPlacesFacts) -> PlacesSet:
        """A place more or less; those who sleep there keep theirs."""
        return set_places(room, **body.facts)

    @act_on_row(ActFacts, Beds, url_path="add-bed")
    def add_bed(self, room: Room, body: ActFacts) -> Beds:
        """Bring a cot or an extra bed into the room."""
        return add_bed(room, **body.facts)

    @act_on_row(DivideFacts, Divided)
    def divide(self, room: Room, body: DivideFacts) -> Divided:
        """Make a room of some places of this one, with who sleeps on them."""
        return divide_room(room, **body.facts)


class PlaceRow(serializers.ModelSerializer[Place]):
    """A place: whether somebody may get it, and why not when it is blocked."""

    site = serializers.CharField(source="room.site.code")
    blocked = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    until = serializers.SerializerMethodField()

    class Meta:
        model = Place
        fields = ("id", "site", "room", "number", "extra", "blocked", "reason", "until")

    def get_blocked(self, place: Place) -> bool:
        return place.is_blocked(timezone.now())

    def get_reason(self, place: Place) -> str:
        return place.blocked_reason if self.get_blocked(place) else ""

    def get_until(self, place: Place) -> str | None:
        return place.blocked_until.isoformat() if place.blocked_until and self.get_blocked(place) else None


class PlacesFacts(SeveralFacts):
    """An act for the place of the address; others of the site may come along in the same act."""

    also = RowsField(rows=places_of, required=False, help_text="Other places of the site, in the same act.")


class BlockFacts(PlacesFacts):
    """Why the places may not be given, and until when."""

    reason = Text(max_length=120)
    until = Instant(required=False, help_text="When they open by themselves; when somebody opens them, where absent.")


class Places(Rows):
    """Places at the asker's sites; `?blocked=true` is the list of those that are blocked, and why."""

    queryset = Place.objects.all()
    serializer_class = PlaceRow
    filterset_class = PlaceFilterSet

    def get_queryset(self) -> Any:
        return places_of(self.request.user)

    @act_on_row(BlockFacts, Beds)
    def block(self, place: Place, body: BlockFacts) -> Beds:
        """Keep the place from being given."""
        return body.done_by(block_places, place)

    @act_on_row(PlacesFacts, Beds)
    def open(self, place: Place, body: PlacesFacts) -> Beds:
        """Let the place be given again."""
        return body.done_by(open_places, place)

    @act_on_row(PlacesFacts, Beds, url_path="take-away")
    def take_away(self, place: Place, body: PlacesFacts) -> Beds:
        """Take the place away; who slept on it keeps the nights."""
        return body.done_by(take_beds_away, place)


class BeginFacts(ActFacts):
    """A house by telephone."""

    name = Text(max_length=120)
    kind = Choice(choices=[(kind.value, kind.label) for kind in KINDS])
    marz = Choice(choices=Marz.choices)
    places = Number(min_value=1, max_value=MOST_PLACES)
    another = serializers.BooleanField(
        required=False, help_text="Whether it is another one, where a house of this name is open in the marz already."
    )
    room = Text(
        max_length=LONGEST_NAME,
        required=False,
        help_text="What the room is called that holds all places until it is divided; to be divided, when absent.",
    )
    phone = Text(max_length=40, required=False, clean=read_one_phone)
    contact = Text(
        max_length=LONGEST_CONTACT,
        required=False,
        clean=line(LONGEST_CONTACT),
        help_text="Who answers the telephone, which must be said with it.",
    )
    town = Text(max_length=LONGEST_TOWN, required=False, clean=line(LONGEST_TOWN))

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if said.get("contact") and not said.get("phone"):
            raise serializers.ValidationError({"phone": [NO_PHONE]})
        return said


class Houses(Acts):
    """Houses that coordinators begin."""

    queryset = Site.objects.all()

    @act_on_list(BeginFacts, HouseBegun, below="begin")
    def begin(self, body: BeginFacts) -> HouseBegun:
        """Open a house with one room to be divided, which who begins it coordinates."""
        bound(body.asker, HOUSES)
        return begin_house(**body.facts)
