"""Carrying out a plan in this process, through the actions; the day of `manage.py demonstrate` is told so."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from aid.actions import hand_out
from aid.models import Distribution
from centre.clock import local_day
from centre.models import Site, User
from demonstration.parties import Party
from demonstration.people import InventedFamily, InventedMember
from demonstration.plan import Kind, Step
from demonstration.rooms import Lodging, RoomList
from desk.actions import complete, depart, pre_register, register
from desk.gate import count_gate
from registrations.facts import Birth, Group, HouseholdFacts, PersonFacts, cohort_on
from registrations.models import Household
from shelter.actions import check_in, hold_places, place_household
from shelter.models import Room, Stay


class Teller:
    """Does each step of a plan as an act, so much later than the plan says; knows what the desks wrote down."""

    def __init__(self, shift: timedelta) -> None:
        self.shift = shift
        self.sites = {site.code: site for site in Site.objects.all()}
        self.coordinator = User.objects.get(username="coordinator")
        self.officer = User.objects.get(username="protection")  # who knows of the confidential hospital
        self.volunteer = User.objects.get(username="volunteer")
        self.rooms = {str(room.pk): room for room in Room.objects.select_related("site")}
        self.list = RoomList(
            Lodging(key, room.site.code, room.site.marz, room.places.count()) for key, room in self.rooms.items()
        )
        self.distributions = {one.site.code: one for one in Distribution.objects.select_related("site")}
        self.households: dict[Party, Household] = {}
        self.placed: dict[Party, list[str]] = {}

    def tell(self, steps: Iterable[Step]) -> None:
        """Do these steps in their order."""
        for step in steps:
            getattr(self, f"_{step.kind}")(step, id=step.id, at=step.at + self.shift, by=self._desk(step))

    def site_of(self, party: Party) -> Site:
        """The house where the party holds or has places."""
        return Stay.objects.filter(pk__in=self.placed[party]).select_related("site")[0].site

    def _desk(self, step: Step) -> User:
        at_desk = step.kind in (Kind.COUNT_GATE, Kind.PRE_REGISTER, Kind.REGISTER)
        works_here = step.site in {a.site.code for a in self.volunteer.all_assignments if a.site}
        return self.volunteer if at_desk and works_here else self.coordinator

    def _count_gate(self, step: Step, **act: object) -> None:
        count_gate(self.sites[step.site], **step.facts, **act)

    def _pre_register(self, step: Step, *, at: datetime, **act: object) -> None:
        party = _party(step)
        groups = [Group(1, member.sex, cohort_on(_birth(member, at), local_day(at))) for member in party.family.members]
        facts = household_facts(party.family)
        written = pre_register(self.sites[step.site], groups=groups, facts=facts, at=at, **act)
        self.households[party] = Household.objects.get(pk=written.household)

    def _register(self, step: Step, *, at: datetime, **act: object) -> None:
        party = _party(step)
        facts = {"members": person_facts(party.family, at), "facts": household_facts(party.family), "at": at, **act}
        site = self.sites[step.site]
        if party in self.households:
            complete(self.households[party], site=site, **facts)
        else:
            self.households[party] = Household.objects.get(pk=register(site, **facts).household)

    def _hand_out(self, step: Step, **act: object) -> None:
        hand_out(self.distributions[step.site], self.households[_party(step)], **act)

    def _hold(self, step: Step, **act: object) -> None:
        party, until = _party(step), step.facts["until"]
        assert isinstance(until, datetime)
        rooms = self._take(step, party)
        self.placed[party] = hold_places(self.households[party], rooms=rooms, until=until + self.shift, **act).stays

    def _check_in(self, step: Step, **act: object) -> None:
        party = _party(step)
        holds = list(Stay.objects.filter(pk__in=self.placed[party]).select_related("room__site"))
        self.placed[party] = check_in(holds, **act).stays

    def _place(self, step: Step, **act: object) -> None:
        party = _party(step)
        self.placed[party] = place_household(self.households[party], rooms=self._take(step, party), **act).stays

    def _depart(self, step: Step, **act: object) -> None:
        party = _party(step)
        where = dict(step.facts)
        if where.pop("to_hold", False):
            where = {"destination": "site", "destination_site": self.site_of(party)}
        depart(self.households[party], site=self.sites[step.site], **where, **act)

    def _leave(self, step: Step, **act: object) -> None:
        party = _party(step)
        depart(self.households[party], site=self.site_of(party), **step.facts, **act)

    def _take(self, step: Step, party: Party) -> list[Room]:
        chosen = self.list.take(str(step.facts["marz"]), party.size)
        return [self.rooms[lodging.room] for lodging in chosen]


def person_facts(family: InventedFamily, at: datetime) -> list[PersonFacts]:
    """The rows of the family as an intake takes them."""
    return [_person(member, at) for member in family.members]


def household_facts(family: InventedFamily) -> HouseholdFacts:
    """What the family says of itself as a whole."""
    lived, registered = family.last_residence, family.original_registration
    return HouseholdFacts(
        going=family.going,
        destination_marz=family.destination_marz,
        last_residence_district=lived.district,
        last_residence_settlement=lived.written(family.script),
        original_registration_district=registered.district,
        original_registration_settlement=registered.written(family.script),
        phones=family.phones,
        languages=family.languages,
        vehicle=family.vehicle,
    )


def _person(member: InventedMember, at: datetime) -> PersonFacts:
    said = {"relative", "someone_else", "nobody", ""}
    by_parent = member.carer not in said
    return PersonFacts(
        id=member.id,
        given_name=member.given_name,
        family_name=member.family_name,
        fathers_name=member.fathers_name,
        sex=member.sex,
        birth=_birth(member, at),
        relationship=member.relationship,
        carer_kind="member" if by_parent else member.carer,
        carer=uuid.UUID(member.carer) if by_parent else None,
        needs=member.needs,
        documents=member.documents,
    )


def _birth(member: InventedMember, at: datetime) -> Birth:
    """What was said of the birth: a date, a year or an age."""
    ((kind, said),) = member.birth.items()
    if kind == "birth_date":
        return Birth(date.fromisoformat(str(said)), "day")
    return Birth.in_year(int(said)) if kind == "birth_year" else Birth.of_age(int(said), local_day(at))


def _party(step: Step) -> Party:
    assert step.party
    return step.party
