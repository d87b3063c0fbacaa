"""The API of the desk: registering families, and where they come and go."""

import uuid
from dataclasses import asdict
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aid.scanning import find_card
from cards.errors import UnknownCard
from cards.selectors import Shown, look_at
from centre.access import Permission, require
from centre.fields import Choice, Key, SiteField, Text
from centre.limits import EMERGENCIES, bound
from centre.models import Site
from centre.viewsets import ActFacts, Acts, act_on_list, act_on_row
from desk.actions import (
    Moved,
    Opened,
    Registered,
    arrive,
    complete,
    depart,
    open_in_emergency,
    pre_register,
    record_birth,
    record_death,
)
from desk.at_the_desk import asked_who_came
from desk.bodies import (
    BEDS,
    BirthBody,
    EmergencyBody,
    IntakeBody,
    NamesBody,
    OnPaper,
    PreRegistrationBody,
    ProofBody,
    line,
)
from desk.coming import Seen, confirm_seen, dismiss_seen
from desk.leaving_api import WhereToFacts
from desk.merging import Merged, merge_individuals, unmerge
from desk.naming import card_facts, given_in, take_names
from desk.proof import find_without_number, require_proof
from desk.telling_deaths import FamilyTold, take_back_family_told, tell_family_of_death
from desk.voiding import void_movement
from registrations.card_texts import CardText
from registrations.deaths import DeathTold
from registrations.errors import CardTaken
from registrations.matches import find_matches
from registrations.models import Household, Individual, Merge, Movement
from registrations.where_told import facts_told_to
from shelter.api import MembersFacts, members_named


class MatchRow(serializers.Serializer[Any]):
    """A household that may be the same; of one that the asker does not see, only that there may be one."""

    household = serializers.UUIDField(allow_null=True, help_text="Null: it may be known elsewhere, ask for the card.")
    number = serializers.CharField()
    site = serializers.CharField()
    day = serializers.DateField(allow_null=True)
    size = serializers.IntegerField(allow_null=True)
    agrees = serializers.ListField(child=serializers.CharField())
    person = serializers.UUIDField(help_text="The member who is most like somebody of it.")
    same_family = serializers.BooleanField()


class IntakeAnswer(serializers.Serializer[Any]):
    """The household that was written, its members and cases in order, and who it may be already."""

    household = serializers.UUIDField()
    number = serializers.CharField(help_text="As it is read aloud: 4127 B.")
    card = serializers.CharField(help_text="As it stands in addresses and is sent back: 4127B.")
    individuals = serializers.ListField(child=serializers.UUIDField())
    cases = serializers.ListField(child=serializers.UUIDField())
    nameless = serializers.IntegerField(help_text="How many who were counted have no name yet.")
    matches = MatchRow(many=True)


class Intakes(Acts):
    """Registering a whole family in one request."""

    queryset = Household.objects.all()
    serializer_class = IntakeBody

    @act_on_list(IntakeBody, IntakeAnswer, again=lambda done: _registered(done, []))
    def create(self, body: IntakeBody) -> dict[str, Any]:
        """Register a family; with a card, name the family that was counted under it."""
        said = body.validated_data
        facts = {"members": body.people, "facts": body.family, "beds_become_free": said["beds_become_free"]}
        done = take_names(_shown(said.get("card")), site=said["site"], **facts, **_signed(body))
        known = find_matches(
            body.people,
            settlement=body.family.last_residence_settlement,
            by=body.asker,
            but=uuid.UUID(done.household),
        )
        return _registered(asdict(done), [asdict(match) for match in known])


class PreRegistrations(Acts):
    """Counting families at the gate."""

    queryset = Household.objects.all()
    serializer_class = PreRegistrationBody

    @act_on_list(PreRegistrationBody, Registered)
    def create(self, body: PreRegistrationBody) -> Registered:
        """Count a family: it gets a number, and each person a row without a name."""
        card = _shown(body.validated_data.get("card"))
        if card and not given_in(card, body.validated_data["id"]):
            raise CardTaken
        return pre_register(
            body.validated_data["site"],
            groups=body.counted(),
            facts=body.family,
            urgent_need=body.validated_data.get("urgent_need"),
            **card_facts(card),
            **_signed(body),
        )


class ArrivalFacts(OnPaper, MembersFacts):
    """Where they came."""

    site = SiteField()
    happened_anyway = Text(required=False, max_length=200, help_text="How a child came without who looks after it.")
    beds_become_free = serializers.BooleanField(default=True, help_text=BEDS)


class VoidFacts(ActFacts):
    """How a child came to be without who looks after it, where the fact that is taken back parts them."""

    happened_anyway = Text(required=False, max_length=200)


class DepartureFacts(OnPaper, WhereToFacts, MembersFacts):
    """Where they left, and where to."""

    site = SiteField()

    def left(self, attrs: dict[str, Any]) -> Site:
        site: Site = attrs["site"]
        return site


class ArrivalAnswer(serializers.Serializer[Any]):
    """The household that arrived, and the facts that were written."""

    household = serializers.UUIDField()
    number = serializers.CharField()
    individuals = serializers.ListField(child=serializers.UUIDField())
    movements = serializers.ListField(child=serializers.UUIDField())


OF_ARRIVAL = ("happened_anyway", "beds_become_free")


class Arrivals(Acts):
    """Families that come to a site where they may not be known yet."""

    queryset = Household.objects.all()
    serializer_class = ProofBody

    @act_on_list(ProofBody, ArrivalAnswer, again=lambda done: _arrived(_household_of(done), done))
    def create(self, body: ProofBody) -> dict[str, Any]:
        """Record that the family came: by its card, or by what only it can say, in one attempt of three an hour."""
        site, shown = body.validated_data["site"], _shown(body.validated_data.get("card"))
        require(body.asker, Permission.REGISTER, site)
        if shown is None:
            household = find_without_number([body.member], by=body.asker)
        else:
            household = require_proof(shown, body.member, by=body.asker)
        seen = shown is not None and shown.proven
        said = {name: value for name, value in body.validated_data.items() if name in OF_ARRIVAL}
        if "members" in body.validated_data:
            said["members"] = _named(body.validated_data["members"], household)
        with asked_who_came(household, site, body.asker):
            done = arrive(household, site=site, card_read=seen, **said, **_signed(body))
        return _arrived(household, asdict(done))


class EmergencyOpenings(Acts):
    """Files that are opened for an hour, for a reason that is told at once."""

    queryset = Household.objects.all()
    serializer_class = EmergencyBody

    @act_on_list(EmergencyBody, Opened)
    def create(self, body: EmergencyBody) -> Opened:
        """Open one family's file for an hour."""
        bound(body.asker, EMERGENCIES)
        household, _proven = find_card(body.validated_data["number"])
        return open_in_emergency(household, reason=body.validated_data["reason"], **_signed(body))


class SiteFacts(ActFacts):
    """Where it happened."""

    site = SiteField()


class ConfirmFacts(SiteFacts):
    """Where they arrived."""

    beds_become_free = serializers.BooleanField(default=True, help_text=BEDS)
    happened_anyway = Text(required=False, max_length=200, help_text="How a child came without who looks after it.")


class DeathFacts(OnPaper, SiteFacts):
    """Where somebody died."""


class FamilyToldFacts(ActFacts):
    """Who of the family was told, and how."""

    to_whom = Text(max_length=120, clean=line(120))
    how = Choice(choices=DeathTold.How.choices)


class HouseholdMovements(Acts):
    """Households that are named, come, go, and grow."""

    queryset = Household.objects.all()

    def get_queryset(self) -> Any:
        return Household.objects.in_hand_of(self.request.user)

    @act_on_row(NamesBody, Registered)
    def complete(self, household: Household, body: NamesBody) -> Registered:
        """Take the names of a family that was counted at the gate, of everybody or of a part of it."""
        said = {name: body.validated_data[name] for name in ("site", "beds_become_free")}
        return complete(household, **said, members=body.people, facts=body.family, **_signed(body))

    @act_on_row(ArrivalFacts, Moved)
    def arrive(self, household: Household, body: ArrivalFacts) -> Moved:
        """Record that the household, or these members, came to the site."""
        return arrive(household, **body.facts)

    @act_on_row(ConfirmFacts, Moved, url_path="confirm-arrival")
    def confirm_arrival(self, household: Household, body: ConfirmFacts) -> Moved:
        """Record that the household arrived at the site where it was seen."""
        return confirm_seen(household, **body.facts)

    @act_on_row(SiteFacts, Seen, url_path="dismiss-sighting")
    def dismiss_sighting(self, household: Household, body: SiteFacts) -> Seen:
        """Record that it was not the household that was seen at the site."""
        return dismiss_seen(household, **body.facts)

    @act_on_row(DepartureFacts, Moved)
    def depart(self, household: Household, body: DepartureFacts) -> Moved:
        """Record that the household, or these members, left the site."""
        return depart(household, **body.facts)

    @act_on_row(BirthBody, Registered)
    def born(self, household: Household, body: BirthBody) -> Registered:
        """Record that a child was born into the household."""
        return record_birth(household, **body.facts)


class Deaths(Acts):
    """Individuals who died."""

    queryset = Individual.objects.all()

    def get_queryset(self) -> Any:
        return Individual.objects.in_hand_of(self.request.user)

    @act_on_row(FamilyToldFacts, FamilyTold, url_path="family-told")
    def family_told(self, individual: Individual, body: FamilyToldFacts) -> FamilyTold:
        """Record that the family was told of a person's death: until then others read nothing of it."""
        return tell_family_of_death(individual, **body.facts)

    @act_on_row(ActFacts, FamilyTold, url_path="family-not-told")
    def family_not_told(self, individual: Individual, body: ActFacts) -> FamilyTold:
        """Take back that the family was told of a person's death: others read nothing of it again."""
        return take_back_family_told(individual, **body.facts)

    @act_on_row(DeathFacts, Moved)
    def died(self, individual: Individual, body: DeathFacts) -> Moved:
        """Record that a person died; presence, stay and holds end."""
        return record_death(individual, **body.facts)


class Voids(Acts):
    """Facts of the journal that were wrong."""

    queryset = Movement.objects.all()

    def get_queryset(self) -> Any:
        seen = Individual.objects.in_hand_of(self.request.user).order_by().values("pk")
        about = Q(individual__in=seen) | Q(counted_as__in=seen)
        return facts_told_to(self.request.user, timezone.now()).filter(about)

    @act_on_row(VoidFacts, Moved)
    def void(self, movement: Movement, body: VoidFacts) -> Moved:
        """Take the fact back, also one that took another back; everything reads as if it had never been told."""
        return void_movement(movement, **body.facts)


class MergeFacts(ActFacts):
    """Two records of one person."""

    merged = Key(help_text="The record that counts as the other from now on.")
    into = Key(help_text="The record that it counts as.")
    reason = Text(max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        seen = Individual.objects.supervised_by(self.asker).in_bulk([attrs["merged"], attrs["into"]])
        for name in ("merged", "into"):
            if attrs[name] not in seen:
                raise serializers.ValidationError({name: [_("There is nothing with this id.")]})
        if attrs["merged"] == attrs["into"]:
            raise serializers.ValidationError({"into": [_("These are one record already.")]})
        return attrs | {name: seen[attrs[name]] for name in ("merged", "into")}


class Merges(Acts):
    """Two records of one person counted as one, until it is undone."""

    queryset = Merge.objects.all()

    def get_queryset(self) -> Any:
        seen = Individual.objects.supervised_by(self.request.user).order_by().values("pk")
        return Merge.objects.filter(merged__in=seen)

    @act_on_list(MergeFacts, Merged)
    def create(self, body: MergeFacts) -> Merged:
        """Count every fact of one record as the other's."""
        facts = body.facts
        return merge_individuals(facts.pop("merged"), **facts)

    @act_on_row(ActFacts, Merged)
    def undo(self, merge: Merge, body: ActFacts) -> Merged:
        """Undo the merge: each record has again what was addressed to it."""
        return unmerge(merge, **body.facts)


def _shown(card: CardText | None) -> Shown | None:
    """What the card leads to; a card that does not exist is wrong input, whoever asks."""
    try:
        return look_at(card) if card else None
    except UnknownCard as error:
        raise serializers.ValidationError({"card": [str(error)]}) from error


def _registered(done: dict[str, Any], matches: list[dict[str, Any]]) -> dict[str, Any]:
    """Who it may be already is said once, when it is asked; later it stands among the duplicates."""
    return {"nameless": 0, **done, "card": done["number"].replace(" ", ""), "matches": matches}


def _named(members: list[uuid.UUID], household: Household) -> list[uuid.UUID]:
    try:
        return members_named(members, household)
    except serializers.ValidationError as error:
        raise serializers.ValidationError({"members": error.detail}) from error


def _arrived(household: Household, done: dict[str, Any]) -> dict[str, Any]:
    return {"household": household.pk, "number": str(household), **done}


def _household_of(done: dict[str, Any]) -> Household:
    """Of whom this arrival was told."""
    return Household.objects.filter(memberships__individual__in=done["individuals"]).earliest("registered_at")


def _signed(body: ActFacts) -> dict[str, Any]:
    """Who did the act, when, under which id, and whose hand wrote it on paper."""
    return {name: body.facts[name] for name in ("by", "at", "id", "written_by") if name in body.facts}
