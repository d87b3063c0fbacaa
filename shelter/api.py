"""The API of the shelter: rooms, stays and holds, and giving people a place to sleep."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from centre.access import Permission, allows
from centre.fields import Instant, Key, RowsField, Text
from centre.models import Site, User
from centre.sight import allowed_at
from centre.viewsets import ActFacts, Acts, Rows, SeveralFacts, act_on_row
from registrations.models import Household, Individual
from shelter.actions import check_in, end_stays, keep_beds, move, place_household
from shelter.dividing import Divided, give_room
from shelter.filters import StayFilterSet
from shelter.lodging import Placed
from shelter.models import Place, Room, Stay
from shelter.no_shows import hold_again, put_back_no_show, take_off_no_show
from shelter.room_lines import LONGEST_NAME
from shelter.sight import openings_for
from shelter.swapping import swap


def rooms_of(user: User) -> "QuerySet[Room]":
    """The rooms at sites where the user may place people, hold places for those of other sites, or set up rooms."""
    shown = allowed_at(user, Permission.PLACE, Permission.SET_UP_ROOMS, path="site")
    shown |= Q(site__in=openings_for(user, timezone.now()).values("site"))
    return Room.objects.filter(shown).select_related("site")


def stays_of(user: User) -> "QuerySet[Stay]":
    """The stays and holds that the user may see, with what an act needs of them."""
    return Stay.objects.visible_to(user).select_related("site", "room__site", "place")


class StayRow(serializers.ModelSerializer[Stay]):
    """A stay, or a hold until a time; one without a place is a baby who shares a bed, or an overflow."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    place = serializers.SlugRelatedField[Place](slug_field="number", read_only=True, allow_null=True)
    since = serializers.DateTimeField(source="during.lower")
    until = serializers.DateTimeField(source="during.upper", allow_null=True)
    taken_off = serializers.SerializerMethodField(
        help_text="Whether it ran out, nobody came, and they were taken off the lists."
    )

    class Meta:
        model = Stay
        fields = (
            "id",
            "kind",
            "individual",
            "site",
            "room",
            "place",
            "since",
            "until",
            "reason",
            "taken_off",
            "shares",
            "happened_anyway_at",
            "happened_anyway_reason",
        )

    def get_taken_off(self, stay: Stay) -> bool:
        """Whether an act took it off."""
        return stay.taken_off_in_id is not None

    def to_representation(self, stay: Stay) -> dict[str, Any]:
        """Without the words of those who place, for who only checks in there."""
        row = super().to_representation(stay)
        user = self.context["request"].user
        if allows(user, Permission.CHECK_IN, stay.site) and not allows(user, Permission.PLACE, stay.site):
            row |= {"reason": "", "happened_anyway_reason": ""}
        return row


class NoShowFacts(SeveralFacts):
    """An act for the stay or hold of the address; others of the family may come along in the same act."""

    also = RowsField(rows=stays_of, required=False, help_text="Other stays or holds, in the same act.")


class TogetherFacts(NoShowFacts):
    """The same, and what happened."""

    happened_anyway = Text(
        required=False, max_length=200, help_text="How a child came to be without who looks after it."
    )


class CheckInFacts(TogetherFacts):
    """Who is here."""

    named = serializers.ListField(
        child=Key(),
        required=False,
        max_length=100,
        help_text="Of those who were told to be elsewhere since the places were held, who is here, by id; else left.",
    )


class AgainFacts(NoShowFacts):
    """Until when the places are held again."""

    until = Instant(help_text="When the hold ends by itself.")


class KeepFacts(AgainFacts):
    """Until when the beds are kept, and why."""

    reason = Text(max_length=200)


class GiveRoomFacts(NoShowFacts):
    """Which room they have."""

    name = Text(max_length=LONGEST_NAME, help_text="Of the room that is made of their places.")
    together = serializers.BooleanField(required=False, help_text="Whether they share it though of several families.")


class MoveFacts(TogetherFacts):
    """Where to move."""

    rooms = RowsField(rows=rooms_of, help_text="Rooms to fill, in this order.")
    sharing = serializers.ListField(
        child=Key(),
        required=False,
        max_length=100,
        help_text="Of those who move, who are under two and get no place of their own; when absent, as they sleep now.",
    )
    seating = serializers.ListField(
        child=Key(),
        required=False,
        allow_empty=False,
        max_length=100,
        help_text=(
            "For the stay and each of `also`, in their order, which of `rooms`; by who looks after whom when absent."
        ),
    )

    def with_others(self, stay: Stay) -> tuple[list[Stay], dict[str, Any]]:
        """The same; who sleeps where said for each of the stays, in one of these rooms."""
        stays, facts = super().with_others(stay)
        if "seating" in facts:
            rooms = {room.pk: room for room in facts["rooms"]}
            if len(facts["seating"]) != len(stays) or not rooms.keys() >= set(facts["seating"]):
                raise serializers.ValidationError({"seating": [_("Name one of the rooms for each of the stays.")]})
            facts["seating"] = [rooms[key] for key in facts["seating"]]
        return stays, facts


class SwapFacts(TogetherFacts):
    """With whom to swap."""

    others = RowsField(rows=stays_of, help_text="The stays of the other family.")


class Stays(Rows):
    """Stays and holds at the sites where the asker places or checks in."""

    queryset = Stay.objects.all()
    serializer_class = StayRow
    filterset_class = StayFilterSet
    about = "individual_id"

    def get_queryset(self) -> Any:
        return stays_of(self.request.user)

    @act_on_row(CheckInFacts, Placed, url_path="check-in")
    def check_in(self, hold: Stay, body: CheckInFacts) -> Placed:
        """End the hold and begin the stay it was kept for."""
        return body.done_by(check_in, hold)

    @act_on_row(GiveRoomFacts, Divided, url_path="give-room")
    def give_room(self, stay: Stay, body: GiveRoomFacts) -> Divided:
        """Make a room of the places of these people, who sleep in a room that is to be divided."""
        return body.done_by(give_room, stay)

    @act_on_row(KeepFacts, Placed)
    def keep(self, stay: Stay, body: KeepFacts) -> Placed:
        """Hold the same bed for who is away for a while."""
        return body.done_by(keep_beds, stay)

    @act_on_row(AgainFacts, Placed, url_path="hold-again")
    def hold_again(self, hold: Stay, body: AgainFacts) -> Placed:
        """Keep the same place again for who did not come by the end of the hold."""
        return body.done_by(hold_again, hold)

    @act_on_row(NoShowFacts, Placed, url_path="take-off")
    def take_off(self, hold: Stay, body: NoShowFacts) -> Placed:
        """Take who did not come off the lists."""
        return body.done_by(take_off_no_show, hold)

    @act_on_row(NoShowFacts, Placed, url_path="put-back")
    def put_back(self, hold: Stay, body: NoShowFacts) -> Placed:
        """Put who did not come on the lists again."""
        return body.done_by(put_back_no_show, hold)

    @act_on_row(MoveFacts, Placed)
    def move(self, stay: Stay, body: MoveFacts) -> Placed:
        """Move who sleeps here to a place in these rooms."""
        return body.done_by(move, stay)

    @act_on_row(SwapFacts, Placed)
    def swap(self, stay: Stay, body: SwapFacts) -> Placed:
        """Let those who sleep here and the others have each other's places."""
        return body.done_by(swap, stay)

    @act_on_row(TogetherFacts, Placed)
    def end(self, stay: Stay, body: TogetherFacts) -> Placed:
        """End the stay, or give the hold back."""
        return body.done_by(end_stays, stay)


def members_named(members: list[Any], household: Household) -> list[Any]:
    """The members, each once; raises ValidationError at the place of an id that nobody of the family has."""
    known = set(Individual.objects.members_of(household).values_list("pk", flat=True))
    wrong: dict[Any, Any] = {
        place: [_("Nobody of this family has this id.")] for place, key in enumerate(members) if key not in known
    }
    if wrong:
        raise serializers.ValidationError(wrong)
    return list(dict.fromkeys(members))


class MembersFacts(ActFacts):
    """An act for the whole household of the address, or for some of its members."""

    members = serializers.ListField(
        child=Key(), required=False, allow_empty=False, max_length=100, help_text="Members by id; all when absent."
    )

    def validate_members(self, members: list[Any]) -> list[Any]:
        return members_named(members, self.context["row"])


class PlacesFacts(MembersFacts):
    """Places for a household, of whose babies some need none."""

    rooms = RowsField(rows=rooms_of, help_text="Rooms to fill, in this order.")
    seating = serializers.ListField(
        child=Key(),
        required=False,
        allow_empty=False,
        max_length=100,
        help_text="For each of `members`, in their order, which of `rooms`; by who looks after whom when absent.",
    )
    sharing = serializers.ListField(
        child=Key(), required=False, max_length=100, help_text="Members under two who get no place of their own, by id."
    )

    def validate_sharing(self, sharing: list[Any]) -> list[Any]:
        return members_named(sharing, self.context["row"])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "seating" not in attrs:
            return attrs
        rooms = {room.pk: room for room in attrs["rooms"]}
        if len(attrs["seating"]) != len(attrs.get("members", ())) or not rooms.keys() >= set(attrs["seating"]):
            raise serializers.ValidationError({"seating": [_("Name one of the rooms for each of the members.")]})
        return attrs | {"seating": [rooms[key] for key in attrs["seating"]]}


class HoldFacts(PlacesFacts):
    """Places to keep for a household."""

    until = Instant(help_text="When the hold ends by itself.")
    reason = Text(required=False, max_length=200)


class PlaceFacts(PlacesFacts):
    """Rooms for a household."""

    happened_anyway = Text(
        required=False,
        max_length=200,
        help_text="Why those without a place sleep there all the same, or a child among strangers.",
    )


class HouseholdPlaces(Acts):
    """Places for households."""

    queryset = Household.objects.all()

    def get_queryset(self) -> Any:
        return Household.objects.in_hand_of(self.request.user)

    @act_on_row(PlaceFacts, Placed)
    def place(self, household: Household, body: PlaceFacts) -> Placed:
        """Check the members in, each on a place of their own."""
        return place_household(household, **body.facts)
