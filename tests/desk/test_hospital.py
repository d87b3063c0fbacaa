"""One member goes to a hospital and comes back: the family stays, the bed waits, and who may not know reads *ask*."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from casework.errors import ChildApart
from casework.models import Case, Step
from centre.access import NotAllowed, Role
from centre.errors import SiteClosed
from centre.models import Site
from desk.actions import arrive, depart, record_death
from desk.errors import NotAHospital, NotInHospital, NotPlanned
from desk.hospital import back_from_hospital, send_to_hospital, who_may_be_back
from registrations.errors import NoLongerMember, NotHere, NotTold
from registrations.models import Household, Individual, Movement, Presence
from registrations.whereabouts import find_people
from shelter.actions import end_stays, hold_places, place_household
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


def test_a_child_who_went_alone_anyway_is_followed(camp):
    camp.send(patient=camp.child.pk, happened_anyway="The ambulance took no one else.")
    case = Case.objects.get(individual=camp.child, kind="child_protection")
    assert (case.site, said_in(case)) == (camp.hospital, "The ambulance took no one else.")


def test_what_is_held_for_who_goes_is_given_up_unless_it_is_kept(camp):
    end_stays(list(Stay.objects.stays().filter(individual=camp.man)), by=camp.coordinator)
    held = {"rooms": [camp.room], "members": [camp.man.pk], "until": camp.now + DAY}
    hold_places(camp.family, **held, by=camp.coordinator)
    camp.send()
    assert not Stay.objects.holds().at(timezone.now()).exists()


def test_who_sleeps_where_no_bed_is_free_goes_too(camp):
    end_stays(list(Stay.objects.stays().filter(individual=camp.man)), by=camp.coordinator)
    full = make_room(camp.goris, 0)
    placed = {"rooms": [full], "members": [camp.man.pk], "happened_anyway": "no bed is left"}
    place_household(camp.family, **placed, by=camp.coordinator)
    assert camp.send(keep_bed_until=camp.now + DAY).holds == []


def test_nobody_is_sent_to_where_they_are_nor_to_what_is_no_hospital(camp):
    burns = {"site": camp.hospital, "by": camp.officer}
    camp.send(arrived=True)
    for wrong in (burns, {"hospital": make_site("sisian"), "patient": camp.mother.pk}):
        with pytest.raises(NotAHospital):
            camp.send(**wrong)


def test_nobody_is_sent_to_a_hospital_that_is_closed(camp):
    Site.objects.filter(pk=camp.hospital.pk).update(closed_at=camp.now - HOUR)
    with pytest.raises(SiteClosed):
        camp.send(hospital=Site.objects.get(pk=camp.hospital.pk))


def test_who_is_at_another_site_is_not_back_from_hospital(camp):
    sisian = make_site("sisian")
    arrive(camp.family, site=sisian, members=[camp.man.pk], beds_become_free=True, by=camp.officer)
    with pytest.raises(NotInHospital):
        camp.back(by=camp.officer)


def test_who_is_in_a_hidden_house_is_named_as_who_is_in_hospital_may_be(client, camp):
    house = make_site("house", Site.Kind.CRISIS, confidential=True)
    arrive(camp.family, site=house, members=[camp.man.pk], beds_become_free=True, by=camp.officer)
    camp.send(patient=camp.mother.pk)
    text = page(client, camp.volunteer, camp.family, "back/")
    assert [f'value="{one.pk}"' in text for one in (camp.man, camp.mother)] == [True, True]


def test_a_mother_does_not_leave_her_child_in_the_hospital_unless_it_happened(camp):
    camp.send(patient=camp.child.pk, companion=camp.mother.pk, arrived=True)
    known = Case.objects.filter(individual=camp.child, kind="child_protection")
    with pytest.raises(ChildApart):
        camp.back(members=[camp.mother.pk])
    assert Presence.objects.get(individual=camp.mother, during__contains=timezone.now()).site == camp.hospital
    assert not known.exists()
    camp.back(members=[camp.mother.pk], happened_anyway="she went to her son")
    assert (known.get().site, known.get().urgency) == (camp.hospital, "now")
    assert said_in(known.get()) == "she went to her son"


def test_a_protection_officer_lets_a_mother_go_back(camp):
    camp.send(patient=camp.child.pk, companion=camp.mother.pk, arrived=True)
    assert camp.back(members=[camp.mother.pk], by=camp.officer).individuals == [str(camp.mother.pk)]


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
    Machine(camp.officer).post(
        f"households/{camp.family.pk}/arrive/", site="house", members=[str(camp.man.pk)], beds_become_free=True
    )
    assert find_people([camp.man.pk], timezone.now())[camp.man.pk].site == house
    with pytest.raises(NotTold):
        camp.back()


def test_who_registers_elsewhere_receives_nobody_here(camp):
    camp.send(arrived=True)
    with pytest.raises(NotAllowed):
        camp.back(by=make_user(site=make_site("sisian")))
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


@pytest.mark.parametrize("going", ["shelter", "stays"])
def test_finding_a_place_is_the_next_act_on_the_file_of_who_lost_their_bed(client, camp, going):
    sent = camp.send(arrived=True, keep_bed_until=camp.now + DAY, at=camp.now - 2 * HOUR)
    end_stays(list(Stay.objects.filter(pk__in=sent.holds)), by=camp.coordinator, at=camp.now - HOUR)
    Household.objects.update(going=going)
    number = str(camp.family).replace(" ", "")
    address = f"/families/{number}/"
    client.force_login(camp.coordinator)
    find = f'<a class="main" href="/shelter/?family={number}">'
    assert find not in client.get(address, follow=True).content.decode()
    camp.back()
    assert find in client.get(address, follow=True).content.decode()
    assert find in client.get(address, follow=True).content.decode(), "as long as there is no bed"
    place_household(camp.family, rooms=[make_room(camp.goris, 1)], members=[camp.man.pk], by=camp.coordinator)
    assert find not in client.get(address, follow=True).content.decode()


def test_a_family_without_a_bed_is_not_asked_what_becomes_of_it(client, camp):
    other = register_family(camp.goris, camp.officer, person("Karen"))
    assert "Their bed" in page(client, camp.volunteer, camp.family, "hospital/")
    assert "Their bed" not in page(client, camp.volunteer, other, "hospital/")
    karen = Individual.objects.members_of(other).get()
    address = f"/families/{str(other).replace(' ', '')}/"
    sent = {"patient": karen.pk, "hospital": camp.hospital.pk, "arrived": "no"}
    assert client.post(f"{address}hospital/", {"id": uuid.uuid4()} | sent).status_code == 303
    answer = client.post(f"{address}back/", {"id": uuid.uuid4(), "members": [karen.pk]}, follow=True)
    assert "No bed is kept here any more" not in answer.text


def test_who_gave_their_bed_up_reads_that_none_is_kept(client, camp):
    camp.send()
    client.force_login(camp.volunteer)
    address = f"/families/{str(camp.family).replace(' ', '')}/back/"
    answer = client.post(address, {"id": uuid.uuid4(), "members": [camp.man.pk]}, follow=True)
    assert "No bed is kept here any more" in answer.text


def on_the_way(camp, person):
    where = find_people([person.pk], timezone.now())[person.pk]
    return where.place == "on_the_way" and where.site == camp.hospital


def test_the_button_of_an_arrival_names_whom_it_records_and_no_patient(client, camp):
    camp.send()
    text = page(client, camp.volunteer, camp.family)
    assert "Record arrival: " not in text
    son = camp.child
    depart(camp.family, site=camp.goris, members=[son.pk], destination="unknown", by=camp.officer)
    assert f"Record arrival: {son}</button>" in page(client, camp.volunteer, camp.family)
    address = f"/families/{str(camp.family).replace(' ', '')}/"
    answer = client.post(f"{address}arrive/", {"id": uuid.uuid4()}, follow=True)
    assert f"{camp.family}: arrived here are {son}." in answer.text
    assert on_the_way(camp, camp.man)


@pytest.mark.parametrize("others", ["with the patient", "in a hidden house"])
def test_who_is_on_the_way_to_a_hospital_comes_by_name_alone_whoever_else_is_known_of(camp, others):
    if others == "in a hidden house":
        house = make_site("house", Site.Kind.CRISIS, confidential=True)
        both = {"members": [camp.mother.pk, camp.child.pk], "beds_become_free": True}
        arrive(camp.family, site=house, **both, by=camp.officer)
        camp.send()
    else:
        for one in (camp.man, camp.mother, camp.child):
            camp.send(patient=one.pk, by=camp.officer)
    machine, address = Machine(camp.volunteer), f"households/{camp.family.pk}/arrive/"
    answer = machine.post(address, site="goris")
    assert (answer.status_code, answer.json()["code"]) == (409, "told_elsewhere")
    assert on_the_way(camp, camp.man)
    assert machine.post(address, site="goris", members=[str(camp.man.pk)]).status_code == 201


def test_who_left_leaves_once_whichever_desk_said_the_later_hour(camp):
    there = {"site": (kapan := make_site("kapan")), "beds_become_free": True}
    arrive(camp.family, **there, by=camp.officer, at=camp.now - 9 * HOUR)
    going = {"site": kapan, "destination": "abroad", "by": camp.officer}
    depart(camp.family, **going, at=camp.now - HOUR)
    with pytest.raises(NotHere):
        depart(camp.family, **going, at=camp.now - HOUR - timedelta(milliseconds=5))
    with pytest.raises(NotHere):
        camp.send(site=kapan, at=camp.now - 2 * HOUR, by=camp.officer)
    assert Movement.objects.filter(kind="departed").count() == 3
    depart(camp.family, **going, at=camp.now - 2 * HOUR, written_by="the guard")
    assert Movement.objects.filter(kind="departed").count() == 6, "what a paper says stands beside"


def test_who_went_to_hospital_goes_once(camp):
    camp.send(at=camp.now)
    with pytest.raises(NotHere):
        camp.send(at=camp.now - timedelta(milliseconds=5))


def test_of_who_is_only_in_a_hospital_no_arrival_is_offered(client, camp):
    camp.send()
    client.force_login(camp.volunteer)
    page = client.get(f"/families/{str(camp.family).replace(' ', '')}/").text
    assert ("Back from hospital" in page, "Record arrival" in page) == (True, False)


def test_what_was_done_is_said_with_the_number_of_the_family(client, camp):
    client.force_login(camp.officer)
    address = f"/families/{str(camp.family).replace(' ', '')}/void/"
    sent = {"id": uuid.uuid4(), "movements": Movement.objects.of([camp.man.pk]).first().pk}
    assert f"{camp.family} · It was taken back." in client.post(address, sent, follow=True).text


def test_who_is_on_the_way_to_a_hospital_comes_back_everywhere_but_there(camp):
    camp.send()
    family, now = [camp.man.pk, camp.mother.pk], timezone.now()
    assert who_may_be_back(family, camp.goris, camp.officer, now) == {camp.man.pk}
    assert who_may_be_back(family, make_site("sisian"), camp.officer, now) == {camp.man.pk}
    assert who_may_be_back(family, camp.hospital, camp.officer, now) == set()
