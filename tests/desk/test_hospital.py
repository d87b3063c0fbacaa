"""One member goes to a hospital and comes back: the family stays, the bed waits, and who may not know reads *ask*."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from casework.models import Case, Step
from centre.access import Role
from centre.models import Site
from desk.actions import record_death
from desk.errors import NotPlanned
from desk.hospital import back_from_hospital, send_to_hospital
from registrations.errors import NoLongerMember, NotHere, NotTold
from registrations.models import Household, Individual, Movement, Presence
from registrations.whereabouts import find_people
from shelter.actions import end_stays, place_household
from shelter.models import Place, Stay
from tests.api.conftest import Machine
from tests.build import child, make_room, make_site, make_user, person, register_family, said_in

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAME = "Burn centre"


class Camp:
    """A couple with a daughter sleeps in Goris since three days; there is a hospital of which nobody there knows."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.goris = make_site("goris")
        self.hospital = make_site("burns", Site.Kind.HOSPITAL, confidential=True, name_en=NAME)
        self.officer, self.volunteer = make_user(Role.PROTECTION), make_user(Role.VOLUNTEER, self.goris)
        self.coordinator = make_user(site=self.goris)
        self.start = self.now - 3 * DAY
        husband = person("Suren", sex="M", relationship="spouse")
        self.family = register_family(self.goris, self.officer, person(), husband, child(), at=self.start)
        self.man, self.mother, self.child = (
            Individual.objects.get(given_name=name) for name in ("Suren", "Anna", "Mane")
        )
        self.room = make_room(self.goris, 3)
        place_household(self.family, rooms=[self.room], by=self.coordinator, at=self.start + HOUR)

    def send(self, **facts: Any) -> Any:
        said = {"site": self.goris, "hospital": self.hospital, "patient": self.man.pk, "by": self.volunteer} | facts
        return send_to_hospital(self.family, **said)

    def back(self, **facts: Any) -> Any:
        return back_from_hospital(
            self.family, **({"site": self.goris, "members": [self.man.pk], "by": self.volunteer} | facts)
        )

    def bed(self, person: Individual, at: Any = None) -> Stay:
        return Stay.objects.stays().at(at or timezone.now()).get(individual=person)


@pytest.fixture
def camp() -> Camp:
    return Camp()


def test_one_goes_the_family_stays_and_the_bed_is_kept(camp):
    before = camp.bed(camp.man)
    sent = camp.send(keep_bed_until=camp.now + 3 * DAY)
    where = find_people([camp.man.pk, camp.mother.pk], timezone.now())
    assert (where[camp.man.pk].place, where[camp.man.pk].site) == ("on_the_way", camp.hospital)
    assert where[camp.mother.pk].site == camp.goris
    hold = Stay.objects.holds().get(pk=sent.holds[0])
    assert (hold.place_id, hold.during.upper) == (before.place_id, camp.now + 3 * DAY)
    assert camp.family.memberships.today().count() == 3


def test_a_case_says_that_they_were_sent_and_is_where_they_are(camp):
    camp.send(arrived=True)
    case = Case.objects.get(individual=camp.man)
    assert (case.kind, case.urgency, case.site) == ("medical", "today", camp.hospital)
    assert said_in(case) == ""
    assert Step.objects.get(case=case, kind="done").said == "Sent to a hospital."
    assert case.first_action_at is not None


def test_a_case_that_is_open_is_joined(camp):
    camp.send(at=camp.now - DAY, arrived=True)
    first = Case.objects.get()
    camp.back(at=camp.now - HOUR)
    camp.send()
    assert Case.objects.get() == first
    assert [step.said for step in Step.objects.filter(kind="known")] == ["Back from hospital."]


def test_a_bed_that_is_given_up_is_free(camp):
    place = camp.bed(camp.man).place
    assert camp.send().holds == []
    assert place in Place.objects.free(timezone.now())


def test_back_in_the_same_bed(camp):
    place = camp.bed(camp.man).place_id
    camp.send(arrived=True, keep_bed_until=camp.now + DAY, at=camp.now - HOUR)
    back = camp.back()
    assert back.without_bed == []
    assert [str(camp.bed(camp.man).pk)] == back.stays
    assert camp.bed(camp.man).place_id == place
    assert not Stay.objects.holds().at(timezone.now()).exists()
    assert Presence.objects.get(individual=camp.man, during__contains=timezone.now()).site == camp.goris


def test_a_bed_whose_hold_ran_out_is_theirs_until_it_is_given_away(camp):
    camp.send(arrived=True, keep_bed_until=camp.now - DAY, at=camp.now - 2 * DAY)
    place = Stay.objects.holds().get().place_id
    other = register_family(camp.goris, camp.officer, person("Karen"))
    other_stay = place_household(other, rooms=[camp.room], happened_anyway="no room", by=camp.coordinator).stays[0]
    assert Stay.objects.get(pk=other_stay).place_id == place
    assert camp.back(by=camp.officer).without_bed == [str(camp.man.pk)]
    assert not Stay.objects.stays().at(timezone.now()).filter(individual=camp.man).exists()


def test_a_hold_that_was_given_back_is_no_bed(camp):
    sent = camp.send(arrived=True, keep_bed_until=camp.now + DAY, at=camp.now - 2 * HOUR)
    end_stays(list(Stay.objects.filter(pk__in=sent.holds)), by=camp.coordinator, at=camp.now - HOUR)
    assert camp.back().without_bed == [str(camp.man.pk)]


def test_a_child_goes_with_its_mother_and_not_alone(camp):
    with pytest.raises(NotPlanned):
        camp.send(patient=camp.child.pk, companion=None, by=camp.coordinator)
    assert not Movement.objects.filter(kind="departed").exists()
    camp.send(patient=camp.child.pk, companion=camp.mother.pk, arrived=True)
    camp.back(members=[camp.child.pk, camp.mother.pk])


def test_a_mother_who_is_wounded_goes_at_once_and_a_case_opens_for_who_stays(camp):
    camp.send(companion=None)
    camp.send(patient=camp.mother.pk)
    assert Case.objects.get(individual=camp.child).site == camp.goris


def test_who_is_not_there_or_dead_or_no_member_is_not_sent(camp):
    stranger = register_family(camp.goris, camp.officer, person("Karen"))
    with pytest.raises(NoLongerMember):
        camp.send(patient=Individual.objects.get(memberships__household=stranger).pk)
    camp.send()
    with pytest.raises(NotHere):
        camp.send()
    record_death(camp.mother, site=camp.goris, by=camp.officer)
    with pytest.raises(NotHere):  # as of somebody whose place may not be known: the sender is told of no death
        camp.send(patient=camp.mother.pk)


def test_who_is_elsewhere_and_hidden_does_not_come_back_by_this_door(camp):
    house = make_site("house", Site.Kind.CRISIS, confidential=True)
    Machine(camp.officer).post(f"households/{camp.family.pk}/arrive/", site="house", members=[str(camp.man.pk)])
    assert find_people([camp.man.pk], timezone.now())[camp.man.pk].site == house
    with pytest.raises(NotTold):
        camp.back()


def test_another_desk_does_not_call_back_whom_it_did_not_send(camp):
    sisian = make_site("sisian")
    camp.send(arrived=True)
    with pytest.raises(NotTold):
        camp.back(site=sisian, by=make_user(site=sisian))
    assert find_people([camp.man.pk], timezone.now())[camp.man.pk].site == camp.hospital
    camp.back(site=sisian, by=camp.officer)


def test_the_census_counts_the_man_once_each_night(camp):
    nights = [camp.start + offset * DAY + 8 * HOUR for offset in range(3)]
    camp.send(arrived=True, keep_bed_until=camp.now + DAY, at=camp.start + 20 * HOUR)
    camp.back(at=camp.start + 44 * HOUR)
    for night, in_hospital in zip(nights, (0, 1, 0), strict=True):
        there = Presence.objects.filter(during__contains=night)
        assert there.filter(site=camp.hospital).count() == in_hospital
        assert there.count() == 3


def page(client: Any, user: Any, family: Household, tail: str = "") -> str:
    client.force_login(user)
    return client.get(f"/families/{str(family).replace(' ', '')}/{tail}", follow=True).content.decode()


@pytest.mark.parametrize("arrived", [True, False])
def test_who_may_not_know_reads_ask_and_never_the_name(client, camp, arrived):
    camp.send(arrived=arrived, keep_bed_until=camp.now + DAY)
    for user in (camp.volunteer, camp.coordinator):
        for tail in ("", "told/", "back/"):
            text = page(client, user, camp.family, tail)
            assert NAME not in text
            assert "in hospital" not in text.replace("back from hospital", "")
        assert "registered, not here: ask" in page(client, user, camp.family)
        assert "burns" not in Machine(user).get("presences/").content.decode()
    assert NAME in page(client, camp.officer, camp.family)
    assert NAME in page(client, camp.officer, camp.family, "told/")


def test_three_taps_by_page_and_back(client, camp):
    client.force_login(camp.volunteer)
    address = f"/families/{str(camp.family).replace(' ', '')}/"
    form = client.get(f"{address}hospital/").context["form"]
    assert form["hospital"].value() == camp.hospital.pk
    data = {"id": str(uuid.uuid4()), "patient": str(camp.man.pk), "hospital": str(camp.hospital.pk), "arrived": "yes"}
    data["keep_bed_until"] = form["keep_bed_until"].value()
    assert client.post(f"{address}hospital/", data).status_code == 303
    assert find_people([camp.man.pk], timezone.now())[camp.man.pk].site == camp.hospital
    assert Stay.objects.holds().at(timezone.now()).count() == 1
    shown = client.get(address).content.decode()
    assert f"{address}back/" in shown
    sent = {"id": str(uuid.uuid4()), "members": [str(camp.man.pk)]}
    answer = client.post(f"{address}back/", sent, follow=True)
    assert "Back in the bed that was kept." in answer.content.decode()
    assert f"{address}back/" not in answer.content.decode()
    refused = client.post(f"{address}back/", sent | {"id": str(uuid.uuid4())})
    assert refused.status_code == 422


def test_a_hidden_house_that_is_no_hospital_cannot_be_chosen(client, camp):
    house = make_site("house", Site.Kind.CRISIS, confidential=True, name_en="House")
    assert "House" not in page(client, camp.volunteer, camp.family, "hospital/")
    body = {"site": "goris", "patient": str(camp.man.pk)}
    machine, address = Machine(camp.volunteer), f"households/{camp.family.pk}/to-hospital/"
    assert machine.post(address, hospital=house.code, **body).status_code == 400
    sent = machine.post(address, hospital="burns", **body)
    assert (sent.status_code, set(sent.json())) == (201, {"individuals", "movements", "holds"})  # no word of a case
    back = f"households/{camp.family.pk}/from-hospital/"
    answer = machine.post(back, site="goris", members=[str(camp.man.pk)])
    assert (answer.status_code, answer.json()["without_bed"]) == (201, [str(camp.man.pk)])
