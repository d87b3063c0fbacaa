"""What a desk wrote wrongly is said anew; what stood before is kept, and nothing is overwritten unread."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from casework.models import Case
from centre.access import NotAllowed, Role
from desk.correcting import Said, correct, settle, told_birth
from desk.errors import AlreadySettled, AskCoordinator, CarerMissing, HeadMissing, ReasonMissing
from registrations.corrections import Conflict, Correction
from registrations.facts import Birth, years_before
from registrations.models import Individual, Name
from registrations.names import fold
from tests.api.conftest import Machine
from tests.build import child, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(goris, volunteer):
    return register_family(goris, volunteer, person("Mayr", "Uxxean"), child("Tigan", sex="F"))


def members(family):
    return [row.individual for row in family.memberships.today().order_by("position").select_related("individual")]


@pytest.fixture
def later(monkeypatch, family):
    """The day after the desk wrote it."""
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow)


def test_correct_lays_out_the_columns_and_keeps_what_stood(family, volunteer):
    boy = members(family)[1]
    born = told_birth(Birth(years_before(timezone.localdate(), 6), "day"))
    said = [
        Said("sex", "M", person=boy.pk),
        Said("birth", born, person=boy.pk),
        Said("given_name", "Tigran", person=boy.pk),
    ]
    answer = correct(family, said=said, by=volunteer)
    boy.refresh_from_db()
    assert (boy.sex, boy.birth.on, boy.given_name, boy.given_fold) == (
        "M",
        years_before(timezone.localdate(), 6),
        "Tigran",
        fold("Tigran"),
    )
    assert Name.objects.filter(folded=fold("Tigran"), kind="given").exists()
    assert set(answer.corrected) == {"sex", "birth", "given_name"}
    kept = Correction.objects.get(individual=boy, field="given_name")
    assert (kept.was, kept.now, kept.act.by) == ("Tigan", "Tigran", volunteer)


def test_a_correction_is_never_changed_or_removed(family, volunteer):
    correct(family, said=[Said("vehicle", "bus")], by=volunteer)
    for statement in ("UPDATE registrations_correction SET was = '1'", "DELETE FROM registrations_correction"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_correct_what_says_it_already_writes_nothing(family, volunteer):
    assert correct(family, said=[Said("sex", "F", person=members(family)[1].pk)], by=volunteer).corrected == []
    assert not Correction.objects.exists()


def test_correct_with_a_value_that_no_longer_stands_keeps_both(family, volunteer, coordinator):
    boy = members(family)[1]
    correct(family, said=[Said("given_name", "Tigran", was="Tigan", person=boy.pk)], by=volunteer)
    answer = correct(family, said=[Said("given_name", "Tikran", was="Tigan", person=boy.pk)], by=coordinator)
    boy.refresh_from_db()
    assert (answer.corrected, answer.conflicts, boy.given_name) == ([], ["given_name"], "Tigran")
    conflict = Conflict.objects.get()
    with pytest.raises(NotAllowed):
        settle(conflict, take=True, by=volunteer)
    settle(conflict, take=True, by=coordinator)
    boy.refresh_from_db()
    assert boy.given_name == "Tikran"
    with pytest.raises(AlreadySettled):
        settle(conflict, take=False, by=coordinator)


def test_settle_by_keeping_changes_nothing(family, volunteer, coordinator):
    correct(family, said=[Said("vehicle", "bus")], by=volunteer)
    correct(family, said=[Said("vehicle", "car", was="")], by=coordinator)
    settle(Conflict.objects.get(), take=False, by=coordinator)
    family.refresh_from_db()
    assert family.vehicle == "bus"


def test_correct_the_same_as_the_other_desk_is_no_conflict(family, volunteer, coordinator):
    correct(family, said=[Said("vehicle", "bus")], by=volunteer)
    assert correct(family, said=[Said("vehicle", "bus", was="")], by=coordinator).conflicts == []


def test_a_volunteer_corrects_what_their_desk_wrote_today_alone(family, volunteer, coordinator, later):
    with pytest.raises(AskCoordinator):
        correct(family, said=[Said("given_name", "Ani", person=members(family)[0].pk)], by=volunteer)
    correct(family, said=[Said("given_name", "Ani", person=members(family)[0].pk)], by=coordinator)


def test_a_family_says_where_it_goes_at_any_desk_it_comes_to(family, volunteer, later):
    assert correct(family, said=[Said("vehicle", "bus")], by=volunteer).corrected == ["vehicle"]


def test_a_volunteer_of_another_site_corrects_nothing(family):
    with pytest.raises(AskCoordinator):
        correct(family, said=[Said("vehicle", "bus")], by=make_user(Role.VOLUNTEER, make_site("sisian")))


@pytest.mark.parametrize(
    ("field", "now"),
    [
        ("sex", "M"),
        ("birth", told_birth(Birth(date(2003, 5, 4), "day"))),
        ("given_name", "Tigran"),
        ("documents", []),
    ],
)
def test_what_matters_later_says_why_when_it_is_not_of_today(family, coordinator, field, now, later):
    girl = members(family)[1]
    Individual.objects.filter(pk=girl.pk).update(documents=[{"kind": "passport", "number": "AP0000001"}])
    with pytest.raises(ReasonMissing):
        correct(family, said=[Said(field, now, person=girl.pk)], by=coordinator)
    correct(family, said=[Said(field, now, person=girl.pk)], reason="their passport", by=coordinator)
    assert Correction.objects.get().reason == "their passport"


def test_who_becomes_a_child_is_asked_for_a_carer_and_followed_when_alone(goris, volunteer):
    family = register_family(goris, volunteer, person(), person("Aram", sex="M", relationship="cousin"))
    cousin = members(family)[1]
    born = Said("birth", told_birth(Birth(years_before(timezone.localdate(), 9), "day")), person=cousin.pk)
    with pytest.raises(CarerMissing):
        correct(family, said=[born], by=volunteer)
    assert not Correction.objects.exists()
    nobody = Said("carer", {"carer_kind": "nobody", "carer_id": None}, person=cousin.pk)
    correct(family, said=[born, nobody], by=volunteer)
    assert Case.objects.get().individual_id == cousin.pk


def test_another_head_is_seated_and_the_one_before_steps_down(family, volunteer):
    _head, daughter = members(family)
    Individual.objects.filter(pk=daughter.pk).update(birth_date=years_before(timezone.localdate(), 30))
    correct(family, said=[Said("relationship", "head", person=daughter.pk)], by=volunteer)
    rows = family.memberships.today().order_by("position").values_list("relationship", flat=True)
    assert list(rows) == ["parent", "head"]


def test_a_family_is_not_left_without_a_head(family, volunteer):
    with pytest.raises(HeadMissing):
        correct(family, said=[Said("relationship", "cousin", person=members(family)[0].pk)], by=volunteer)


def test_who_wants_shelter_after_all_told_at_now(goris, volunteer):
    family = register_family(goris, volunteer, going="own_address", at=timezone.now() - timedelta(days=2))
    before = timezone.now()
    correct(family, said=[Said("going", {"going": "shelter", "destination_marz": ""})], by=volunteer)
    family.refresh_from_db()
    assert family.going == "shelter"
    assert family.waits_since >= before - timedelta(seconds=5)


def test_correct_by_the_api_as_the_desk_says_it(family, coordinator):
    boy, machine = members(family)[1], Machine(coordinator)
    answer = machine.post(f"individuals/{boy.pk}/correct/", sex="M", birth_date="2019-05-04", given_name="Tigran")
    assert answer.status_code == 201, answer.json()
    read = machine.get(f"individuals/{boy.pk}/").json()
    assert (read["sex"], read["birth_date"], read["given_name"]) == ("M", "2019-05-04", "Tigran")
    one = machine.post(f"individuals/{boy.pk}/correct/", field="sex", was="F", now="X")
    assert one.json()["conflicts"] == ["sex"]
    (conflict,) = machine.get("conflicts/").json()["results"]
    assert (conflict["was"], conflict["now"]) == ("F", "X")
    assert machine.post(f"conflicts/{conflict['id']}/settle/", take=False).status_code == 201
    assert machine.get("conflicts/").json()["results"] == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"sex": "female"}, "sex"),
        ({"birth_date": "2999-01-01"}, "birth_date"),
        ({"given_name": "123"}, "given_name"),
        ({"colour": "red"}, "colour"),
        ({"field": "colour", "now": "red"}, "colour"),
        ({"carer": "00000000-0000-4000-8000-000000000000"}, "carer"),
        ({}, "detail"),
    ],
)
def test_correct_by_the_api_with_what_cannot_be_read_names_the_field(family, coordinator, facts, field):
    answer = Machine(coordinator).post(f"individuals/{members(family)[1].pk}/correct/", **facts)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_correct_a_family_by_the_api(family, coordinator):
    machine = Machine(coordinator)
    answer = machine.post(
        f"households/{family.pk}/correct/", phones=["091 12 34 56"], last_residence={"settlement": "Karmir Shuka"}
    )
    assert answer.status_code == 201, answer.json()
    read = machine.get(f"households/{family.pk}/").json()
    assert (read["phones"], read["last_residence"]["settlement"]) == (["+37491123456"], "Karmir Shuka")


def test_of_a_home_what_is_not_said_stands_as_it_stood(family, volunteer):
    machine, address = Machine(volunteer), f"households/{family.pk}/correct/"
    homes = {name: {"district": "MTN", "settlement": "Chartar"} for name in ("last_residence", "original_registration")}
    assert machine.post(address, **homes).status_code == 201
    said = {"last_residence": {"settlement": "Karmir Shuka"}, "original_registration": {"district": "HAD"}}
    assert machine.post(address, **said).status_code == 201
    family.refresh_from_db()
    assert (family.last_residence_district, family.last_residence_settlement) == ("MTN", "Karmir Shuka")
    assert family.original_registration_district == "HAD"
    assert family.original_registration_settlement == "Chartar"
    assert machine.post(address, last_residence={"district": ""}).status_code == 201
    family.refresh_from_db()
    assert (family.last_residence_district, family.last_residence_settlement) == ("", "Karmir Shuka")


def test_the_language_is_corrected_by_the_api(family, volunteer):
    machine, address = Machine(volunteer), f"households/{family.pk}/correct/"
    assert machine.post(address, languages=["ru", "hy"], was={"languages": []}).status_code == 201
    family.refresh_from_db()
    assert family.languages == ["ru", "hy"]
    assert "languages[0]" in machine.post(address, languages=["xx"]).json()
