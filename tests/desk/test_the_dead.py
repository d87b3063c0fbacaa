"""Who died neither comes nor goes nor sleeps anywhere, whatever act names them; a death that was wrong is voided."""

import inspect
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.models import Act
from desk import actions as desk_acts
from desk.actions import arrive, complete, depart, pre_register, record_death
from desk.merging import merge_individuals
from desk.voiding import void_movement
from registrations.errors import CameLater, LivedOn, NotHere, NotTold, RecordClosed
from registrations.facts import Group, HouseholdFacts
from registrations.living import require_no_death
from registrations.models import Household, Individual, Movement, Presence
from shelter import actions as shelter_acts
from shelter.actions import check_in, end_stays, hold_places, keep_beds, move, place_household
from shelter.errors import StayEnded
from shelter.models import Stay
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


class Night:
    """An old couple in Goris; of him are a stay and a hold of before."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.goris, self.sisian = make_site("goris"), make_site("sisian")
        self.by = make_user()
        parent = person("Karapet", sex="M", relationship="spouse")
        self.family = register_family(self.goris, self.by, person(), parent, at=self.now - 9 * HOUR)
        self.dead = Individual.objects.get(given_name="Karapet")
        self.room, self.other = make_room(self.goris, 4), make_room(self.goris, 4)
        until = self.now - 6 * HOUR
        held = hold_places(
            self.family, rooms=[self.room], members=[self.dead.pk], until=until, by=self.by, at=self.now - 8 * HOUR
        )
        self.hold = Stay.objects.get(pk=held.stays[0])
        self.named = {"members": [self.dead.pk], "by": self.by}

    def stay(self) -> Stay:
        """A night of his that runs."""
        at = self.now - 5 * HOUR
        placed = place_household(self.family, rooms=[self.room], members=[self.dead.pk], by=self.by, at=at)
        return Stay.objects.get(pk=placed.stays[0])

    def die(self) -> None:
        record_death(self.dead, site=self.goris, by=self.by, at=self.now - 4 * HOUR)


ACTS: dict[Callable[..., Any], Callable[[Night, Any], Any]] = {
    arrive: lambda n, _: arrive(n.family, site=n.sisian, **n.named),
    depart: lambda n, _: depart(n.family, site=n.goris, destination="abroad", **n.named),
    record_death: lambda n, _: record_death(n.dead, site=n.goris, by=n.by),
    hold_places: lambda n, _: hold_places(n.family, rooms=[n.other], until=n.now + HOUR, **n.named),
    place_household: lambda n, _: place_household(n.family, rooms=[n.other], happened_anyway="seen there", **n.named),
    check_in: lambda n, _: check_in([n.hold], by=n.by),
    move: lambda n, stay: move([stay], rooms=[n.other], by=n.by),
    keep_beds: lambda n, stay: keep_beds([stay], until=n.now + HOUR, reason="hospital", by=n.by),
    end_stays: lambda n, stay: end_stays([stay], by=n.by),
}
WITH_A_STAY = {move, keep_beds, end_stays}


def test_the_table_has_every_act_that_takes_people_who_are_written():
    taking = {"members", "individual", "stays", "holds"}
    acts = [one for room in (desk_acts, shelter_acts) for one in vars(room).values() if hasattr(one, "__wrapped__")]
    named = {one for one in acts if taking & set(inspect.signature(one).parameters)}
    assert named - {desk_acts.register, desk_acts.complete} == set(ACTS)  # these two write whom they take


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_an_act_that_names_the_dead_is_refused_and_done_again_once_the_death_is_voided(act):
    night = Night()
    stay = night.stay() if act in WITH_A_STAY else None
    night.die()
    before = Movement.objects.count(), Stay.objects.count()
    with pytest.raises(StayEnded if stay else RecordClosed):  # of a bed of before nobody learns of a death
        ACTS[act](night, stay)
    assert (Movement.objects.count(), Stay.objects.count()) == before
    void_movement(Movement.objects.get(kind="died"), by=night.by)
    assert ACTS[act](night, stay)


def test_what_happened_before_the_death_is_told_after_it():
    night = Night()
    night.die()
    arrive(night.family, site=night.sisian, at=night.now - 6 * HOUR, **night.named)
    assert not Presence.objects.filter(individual=night.dead, during__contains=night.now).exists()


def test_a_second_death_is_refused_at_an_earlier_hour_too():
    night = Night()
    night.die()
    with pytest.raises(RecordClosed):
        record_death(night.dead, site=night.goris, by=night.by, at=night.now - 5 * HOUR)
    assert Movement.objects.filter(kind="died").count() == 1


def test_who_may_not_know_of_a_death_reads_a_reason_that_names_none():
    night = Night()
    night.die()
    volunteer = make_user(Role.VOLUNTEER, night.goris)
    answer = Machine(volunteer).post(
        f"households/{night.family.pk}/arrive/", site="goris", members=[str(night.dead.pk)]
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "not_told")
    with pytest.raises(NotTold):
        require_no_death(night.dead.pk, volunteer)
    with pytest.raises(NotHere):
        depart(night.family, site=night.goris, members=[night.dead.pk], destination="abroad", by=volunteer)


def test_a_death_before_the_last_arrival_is_refused_until_that_is_taken_back():
    night = Night()
    arrive(night.family, site=night.sisian, members=[night.dead.pk], by=night.by)
    before = Movement.objects.count()
    with pytest.raises(CameLater):
        record_death(night.dead, site=night.goris, by=night.by, at=night.now - 5 * HOUR)
    assert Movement.objects.count() == before
    void_movement(Movement.objects.filter(site=night.sisian).get(), by=night.by)
    record_death(night.dead, site=night.goris, by=night.by, at=night.now - 5 * HOUR)
    assert not Presence.objects.filter(individual=night.dead, during__contains=night.now).exists()


def test_an_arrival_after_the_death_does_not_stand_again():
    night = Night()
    arrive(night.family, site=night.sisian, members=[night.dead.pk], by=night.by)
    void_movement(Movement.objects.filter(site=night.sisian).get(), by=night.by)
    record_death(night.dead, site=night.goris, by=night.by, at=night.now - 5 * HOUR)
    with pytest.raises(CameLater):
        void_movement(Movement.objects.get(kind="voided"), by=night.by)


def test_two_records_are_not_one_person_who_came_after_their_death():
    night = Night()
    night.die()
    other = register_family(night.sisian, night.by, person("Suren"))
    with pytest.raises(LivedOn):
        merge_individuals(other.memberships.get().individual, into=night.dead, reason="one man", by=night.by)


def test_who_recorded_a_death_reads_it_and_takes_it_back_for_a_minute():
    night = Night()
    volunteer = make_user(Role.VOLUNTEER, night.goris)
    client = Client()
    client.force_login(volunteer)
    record_death(night.dead, site=night.goris, told_of=night.family, by=volunteer)
    death = Movement.objects.get(kind="died")
    address = f"/families/{str(night.family).replace(' ', '')}/"
    page = client.get(address).content.decode()
    assert ">died" in page.lower()
    assert str(death.pk) in page
    answer = client.post(f"{address}void/", {"id": str(uuid.uuid4()), "movements": [str(death.pk)]})
    assert answer.status_code == 303
    assert Presence.objects.filter(individual=night.dead, during__contains=timezone.now()).exists()


def test_later_a_volunteer_takes_back_no_death():
    night = Night()
    volunteer = make_user(Role.VOLUNTEER, night.goris)
    record_death(night.dead, site=night.goris, told_of=night.family, by=volunteer)
    death = Movement.objects.get(kind="died")
    with connection.cursor() as cursor:  # a minute ago
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE centre_act DISABLE TRIGGER USER")
    Act.objects.filter(pk=death.act_id).update(recorded_at=timezone.now() - timedelta(seconds=61))
    with pytest.raises(NotAllowed):
        void_movement(Movement.objects.get(pk=death.pk), by=volunteer)


def test_the_dead_of_a_counted_family_do_not_come_with_its_names():
    night = Night()
    counted = pre_register(
        night.goris, groups=[Group(2, "F", "18-59")], facts=HouseholdFacts(going="stays"), by=night.by
    )
    family = Household.objects.get(pk=counted.household)
    dead = family.memberships.last().counted_as
    record_death(dead, site=night.goris, by=night.by)
    two = [person("Nune"), person("Ani", relationship="sibling")]
    complete(family, site=night.sisian, members=two, facts=HouseholdFacts(going="own_address"), by=night.by)
    assert [fact.kind for fact in Movement.objects.of([dead.pk]).order_by("recorded_at")] == ["arrived", "died"]
