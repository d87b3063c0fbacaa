"""Where refusing would hide what is so, a case opens for the child; and how it happened is asked where it is heard."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.errors import ChildApart
from casework.models import Case
from desk.actions import arrive, record_birth
from desk.belonging import join, undo
from desk.coming import confirm_seen, note_seen
from desk.correcting import Said, correct
from registrations.models import Act, Presence
from shelter.actions import keep_beds, place_household
from shelter.models import Bedding, Stay
from shelter.undoing import void_bedding
from tests.build import child, make_room, make_user, newborn, person, register_family
from tests.casework.test_children_kept import HOUR, asleep_with_strangers, people_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_user()


@pytest.fixture
def mother_and_girl(goris, desk):
    return register_family(goris, desk, person(), child(), at=timezone.now() - 5 * HOUR)


def sleep_with_strangers(family, goris):
    place_household(family, rooms=[asleep_with_strangers(goris, make_user())], by=make_user())


def mothers_bed_is_kept(family, goris, sisian, desk):
    sleep_with_strangers(family, goris)
    mother = people_of(family)[0]
    stays = list(Stay.objects.filter(individual=mother))
    keep_beds(stays, until=timezone.now() + HOUR, reason="in hospital", by=desk)


def mothers_bed_is_taken_back(family, goris, sisian, desk):
    sleep_with_strangers(family, goris)
    void_bedding(
        [Bedding.objects.get(individual=people_of(family)[0])], happened_anyway="she slept at the gate", by=desk
    )


def mother_is_placed_elsewhere_anyway(family, goris, sisian, desk):
    sleep_with_strangers(family, goris)
    mother = people_of(family)[0]
    place_household(family, rooms=[make_room(goris)], members=[mother.pk], happened_anyway="she went", by=desk)


def father_who_joined_is_taken_back(family, goris, sisian, desk):
    mother = people_of(family)[0]
    join(family, site=goris, person=person("Aram", relationship="spouse"), by=desk)
    arrive(family, site=sisian, members=[mother.pk], by=desk)
    undo(Act.objects.get(kind="join"), by=desk)


def another_is_said_to_look_after_her(family, goris, sisian, desk):
    joined = join(family, site=sisian, person=person("Aram", relationship="spouse"), by=desk)
    carer = {"carer_kind": "member", "carer_id": joined.individuals[0]}
    girl = next(one for one in people_of(family) if one.given_name == "Mane")
    correct(family, said=[Said("carer", carer, person=girl.pk)], by=desk)


@pytest.mark.parametrize(
    "door",
    [
        mothers_bed_is_kept,
        mothers_bed_is_taken_back,
        mother_is_placed_elsewhere_anyway,
        father_who_joined_is_taken_back,
        another_is_said_to_look_after_her,
    ],
)
def test_a_case_opens_for_a_child_who_is_left(door, mother_and_girl, goris, sisian, desk):
    door(mother_and_girl, goris, sisian, desk)
    case = Case.objects.get()
    assert (case.individual.given_name, case.site, case.urgency) == ("Mane", goris, "now")


def joins_alone(family, site, desk):
    join(family, site=site, person=child("Ani"), by=desk)


def is_born_where_its_mother_is_not(family, site, desk):
    record_birth(family, site=site, child=newborn("Ani"), mother=people_of(family)[0].pk, by=desk)


@pytest.mark.parametrize("door", [joins_alone, is_born_where_its_mother_is_not])
def test_a_case_opens_for_a_child_who_is_new_where_nobody_of_its_is(door, mother_and_girl, goris, sisian, desk):
    door(mother_and_girl, goris, desk)
    assert not Case.objects.exists()
    others = register_family(goris, desk, person("Sona"))
    door(others, sisian, desk)
    assert (Case.objects.get().individual.given_name, Case.objects.get().site) == ("Ani", sisian)


def test_an_arrival_that_was_seen_is_confirmed_by_how_children_came(client, goris, sisian, desk):
    brothers = [child(relationship=one, carer_kind="nobody") for one in ("head", "sibling")]
    family = register_family(goris, desk, *brothers, at=timezone.now() - 5 * HOUR)
    note_seen(family, site=sisian, by=desk)
    with pytest.raises(ChildApart):
        confirm_seen(family, site=sisian, by=desk)
    client.force_login(desk)
    address, sent = reverse("desk:confirm_arrival", args=[family]), {"site": sisian.pk, "id": uuid.uuid4()}
    assert "id_it_happened" in client.post(address, sent).content.decode()
    client.post(address, sent | {"happened_anyway": "on the bus"})
    assert {one.site for one in Presence.objects.at(timezone.now())} == {sisian}


def test_how_it_happened_is_not_asked_of_a_hold(client, mother_and_girl, goris, desk):
    room, girl = asleep_with_strangers(goris, desk), people_of(mother_and_girl)[1]
    client.force_login(desk)
    until = (timezone.now() + HOUR).isoformat()
    sent = {"rooms": room.pk, "members": girl.pk, "until": until, "id": uuid.uuid4()}
    answer = client.post(reverse("shelter:hold", args=[mother_and_girl]), sent)
    assert (answer.status_code, "among strangers" in answer.content.decode()) == (422, True)
    assert "id_it_happened" not in answer.content.decode()
