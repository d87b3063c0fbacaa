"""What was wrongly told of beds is taken back where it stands, for those it was wrong of; and it can count again."""

import uuid

import pytest
from django.utils import timezone

from centre.access import Role
from centre.models import Act, LogLine
from desk.actions import depart
from shelter.actions import end_stays, place_household
from shelter.models import Bedding, Stay
from tests.api.conftest import Machine
from tests.build import child, make_room, make_site, make_user, person, register_family
from tests.desk.test_told import HOUR, line, lines
from transport.closing import close_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(goris):
    return make_user(Role.COORDINATOR, goris, username="karine")


@pytest.fixture
def family(goris, by):
    husband = person("Aram", sex="M", relationship="spouse")
    return register_family(goris, by, person("Anna"), husband, at=timezone.now() - 9 * HOUR)


@pytest.fixture
def placed(family, goris, by):
    place_household(family, rooms=[make_room(goris, 3, "12")], by=by, at=timezone.now() - 8 * HOUR)
    return family


def of(name):
    return Bedding.objects.get(individual__given_name=name, voided_by=None).pk


def address(family, name):
    return f"/families/{str(family).replace(' ', '')}/told/beds/{of(name)}/"


def sent(*entries, reason="they slept in the car", **more):
    return {"id": uuid.uuid4(), "entries": entries, "reason": reason} | more


def asleep():
    return set(Stay.objects.stays().values_list("individual__given_name", flat=True))


def test_the_page_takes_back_of_whom_it_was_wrong(client, placed, by):
    client.force_login(by)
    page = client.get(address(placed, "Anna")).content.decode()
    assert "Checked in · Goris, 12" in page
    assert "Hakobyan Anna" in page
    assert "Hakobyan Aram" in page
    answer = client.post(address(placed, "Anna"), sent(of("Aram")))
    assert (answer.status_code, answer["Location"]) == (303, f"/families/{str(placed).replace(' ', '')}/told/")
    assert asleep() == {"Anna"}
    taken_back = next(one for one in lines(placed, by) if one.voided)
    assert (list(taken_back.people.values()), taken_back.voided.reason) == (["Hakobyan Aram"], "they slept in the car")
    assert LogLine.objects.filter(verb="opened", fields=["told"]).exists()


def test_what_was_taken_back_counts_again(client, placed, by):
    client.force_login(by)
    client.post(address(placed, "Anna"), sent(of("Anna"), of("Aram")))
    assert asleep() == set()
    page = client.get(address(placed, "Anna")).content.decode()
    assert "It was right after all" in page
    assert "Why was it right?" in page
    assert "What was wrong?" not in page
    assert client.post(address(placed, "Anna"), sent(of("Anna"), reason="the owner remembers her")).status_code == 303
    assert asleep() == {"Anna"}


def test_a_form_sent_twice_is_done_once_and_who_comes_later_reads_what_stands_now(client, placed, by):
    client.force_login(by)
    there, body = address(placed, "Anna"), sent(of("Anna"))
    assert [client.post(there, body).status_code for _ in range(2)] == [303, 303]
    assert Act.objects.filter(kind="void_bedding").count() == 1
    for late in (client.get(there), client.post(there, sent(of("Aram")))):
        assert late.status_code == 409
        assert "This was already recorded; read the file again." in late.content.decode()
        assert "It was right after all" in late.content.decode()
    assert client.get(there.replace(there[-37:-1], str(uuid.uuid4()))).status_code == 404
    assert asleep() == {"Aram"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": ""}, "required"),
        ({"reason": "x" * 201}, "200"),
        ({"entries": []}, "required"),
        ({"entries": [uuid.uuid4()]}, "read the file again"),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(client, placed, by, wrong, words):
    client.force_login(by)
    answer = client.post(address(placed, "Anna"), sent(of("Anna"), reason="a slip") | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert asleep() == {"Anna", "Aram"}
    assert wrong.get("reason", "a slip")[:200] in answer.content.decode()


def test_who_coordinates_another_site_or_registers_reads_no_way_to_take_it_back(client, placed, goris, by):
    sisian = make_site("sisian")
    depart(placed, site=goris, destination="site", destination_site=sisian, by=by, at=timezone.now() - 7 * HOUR)
    elsewhere = make_user(Role.COORDINATOR, sisian)
    make_room(sisian)
    for other in (elsewhere, make_user(Role.VOLUNTEER, goris)):
        client.force_login(other)
        assert client.get(address(placed, "Anna")).status_code in (403, 404)
        assert client.post(address(placed, "Anna"), sent(of("Anna"))).status_code in (403, 404)
    assert line(placed, elsewhere, "checked_in").entries == {}
    assert set(line(placed, by, "checked_in").entries) == {of("Anna"), of("Aram")}
    assert not Bedding.objects.filter(kind="voided").exists()


def test_a_child_is_not_left_among_strangers_unless_it_happened(client, goris, by):
    room = make_room(goris, 4, "12")
    mother = register_family(goris, by, person("Anna"), child("Mane"), at=timezone.now() - 9 * HOUR)
    other = register_family(goris, by, person("Karen", sex="M"), at=timezone.now() - 9 * HOUR)
    for one in (mother, other):
        place_household(one, rooms=[room], by=by, at=timezone.now() - 8 * HOUR)
    client.force_login(by)
    body = sent(of("Anna"))
    refused = client.post(address(mother, "Anna"), body)
    assert refused.status_code == 422
    assert "It has already happened: how?" in refused.content.decode()
    assert asleep() == {"Anna", "Mane", "Karen"}
    assert (
        client.post(address(mother, "Anna"), body | {"happened_anyway": "She is at her sister's."}).status_code == 303
    )
    assert asleep() == {"Mane", "Karen"}


def test_of_a_house_that_was_closed_nights_change_and_nobody_sleeps_there_on(client, placed, goris, by):
    office = make_user()
    end_stays(list(Stay.objects.stays()), by=by, at=timezone.now() - 6 * HOUR)
    depart(placed, site=goris, destination="own_address", by=by, at=timezone.now() - 5 * HOUR)
    goris.refresh_from_db()
    close_site(goris, by=make_user(Role.ADMINISTRATOR), at=timezone.now() - HOUR)
    left = Bedding.objects.filter(kind="left", individual__given_name="Anna").get()
    client.force_login(office)
    there = f"/families/{str(placed).replace(' ', '')}/told/beds/{left.pk}/"
    assert client.post(there, sent(left.pk)).status_code == 303  # until they departed
    came = Bedding.objects.filter(kind="checked_in", individual__given_name="Anna").get()
    assert Stay.objects.get(began_by=came).during.upper is not None


def test_machines_take_it_back_and_let_it_count_again(placed, goris, by):
    machine = Machine(by)
    entries = machine.get(f"households/{placed.pk}/told/").json()["results"]
    told = next(one for one in entries if one["kind"] == "checked_in")
    assert set(told["entries"]) == {str(of("Anna")), str(of("Aram"))}
    door, body = f"households/{placed.pk}/void-beds/", {"entries": told["entries"], "reason": "another family"}
    assert machine.post(door, **body).status_code == 201
    assert asleep() == set()
    gone = machine.post(door, **body)
    assert (gone.status_code, set(gone.json())) == (400, {"entries[0]", "entries[1]"})
    assert machine.post(door, entries=[str(of("Anna"))], reason="it was hers").status_code == 201
    assert asleep() == {"Anna"}
    for wrong in ({"entries": []}, {"entries": ["1"]}, {"reason": ""}, {"entries": [str(uuid.uuid4())]}):
        refused = machine.post(door, **body | {"entries": [str(of("Anna"))]} | wrong)
        assert (refused.status_code, next(iter(refused.json())).split("[")[0]) == (400, *wrong)


def test_machines_take_back_nothing_of_another_household(placed, goris, by):
    other = register_family(goris, by, person("Karen"), at=timezone.now() - 9 * HOUR)
    refused = Machine(by).post(f"households/{other.pk}/void-beds/", entries=[str(of("Anna"))], reason="a slip")
    assert (refused.status_code, list(refused.json())) == (400, ["entries"])
    assert asleep() == {"Anna", "Aram"}
