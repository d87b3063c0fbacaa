"""The pages by which people and families are said anew."""

import re
import uuid

import pytest
from django.utils import timezone

from centre.access import Role
from centre.models import Act
from desk.correcting import Said, correct
from registrations.corrections import Conflict
from registrations.facts import Birth, years_before
from registrations.models import Household, Individual, Membership
from tests.build import child, make_site, make_user, person, register_family
from tests.desk.test_belonging import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(goris, volunteer):
    husband = person("Petros", sex="M", relationship="spouse")
    return register_family(goris, volunteer, person("Anna"), husband, child("Mane"))


@pytest.fixture
def desk(client, volunteer, goris):
    client.force_login(volunteer)
    client.post("/settings/shift/", {"site": goris.pk})
    return client


def at(family, page=""):
    return f"/families/{str(family).replace(' ', '')}/{page}"


def key_of(name):
    return Individual.objects.get(given_name=name).pk


def drawn(client, address):
    """What the form of the page would send as it was drawn."""
    form = client.get(address).context["form"]
    return {form.add_prefix(name): form[name].value() or "" for name in form.fields}


def test_a_person_is_corrected_field_by_field(desk, family):
    address = at(family, f"correct/{key_of('Mane')}/")
    answer = desk.post(address, drawn(desk, address) | {"given_name": "Nane", "birth": "7"}, follow=True)
    assert "Corrected." in answer.text
    assert "given name – Mane → Nane" in answer.text
    assert Individual.objects.get(given_name="Nane").birth.precision == "age"


def test_what_was_not_touched_is_not_said_anew(desk, family, coordinator):
    address = at(family, f"correct/{key_of('Mane')}/")
    typed = drawn(desk, address) | {"given_name": "Nane"}
    correct(family, said=[Said("sex", "M", person=key_of("Mane"))], by=coordinator)
    desk.post(address, typed)
    assert Individual.objects.get(given_name="Nane").sex == "M"
    assert not Conflict.objects.exists()


def test_what_another_desk_changed_meanwhile_is_shown_and_a_coordinator_decides(desk, client, family, coordinator):
    address = at(family, f"correct/{key_of('Mane')}/")
    typed = drawn(desk, address) | {"given_name": "Nane"}
    correct(family, said=[Said("given_name", "Maneh", person=key_of("Mane"))], by=coordinator)
    page = desk.post(address, typed, follow=True).text
    assert "It was not overwritten" in page
    assert "<strong>Maneh</strong>" in page
    assert "<strong>Nane</strong>" in page
    assert "A coordinator decides" in page
    client.force_login(coordinator)
    settled = {"id": uuid.uuid4(), "conflict": Conflict.objects.get().pk, "take": "1"}
    client.post(at(family, "settle/"), settled)
    assert Individual.objects.filter(given_name="Nane").exists()
    assert "Decided." in client.get(at(family)).text


@pytest.mark.parametrize("stood", ["", "{}", '{"birth": 5}', "x:y:z"])
def test_what_no_page_of_ours_said_stood_there_is_refused(desk, family, stood):
    address = at(family, f"correct/{key_of('Mane')}/")
    answer = desk.post(address, drawn(desk, address) | {"given_name": "Nane", "stood": stood})
    assert answer.status_code == 400
    assert Individual.objects.filter(given_name="Mane").exists()


def test_an_act_about_another_family_is_not_undone_from_here(desk, family, goris, volunteer):
    other = register_family(goris, volunteer, person("Vera"))
    answer = desk.post(at(family, "undo/"), {"id": uuid.uuid4(), "done": other.act_id})
    assert answer.status_code == 404
    assert len(rows(other)) == 1


def test_nothing_changed_says_so(desk, family):
    address = at(family, f"correct/{key_of('Mane')}/")
    answer = desk.post(address, drawn(desk, address))
    assert answer.status_code == 422
    assert "Nothing was changed here." in answer.text


def test_a_child_without_a_carer_is_asked_for_beside_the_field(desk, family):
    address = at(family, f"correct/{key_of('Mane')}/")
    answer = desk.post(address, drawn(desk, address) | {"relationship": "cousin"})
    assert answer.context["form"].errors["carer"] == ["Say who looks after this child."]
    carer = {"relationship": "cousin", "carer": str(key_of("Anna"))}
    assert desk.post(address, drawn(desk, address) | carer).status_code == 303


def test_what_the_family_says_is_changed(desk, family):
    address = at(family, "correct/")
    said = {"phone": "091 12 34 56", "going": "own_address", "destination_marz": "AM-SU", "vehicle": "bus"}
    assert desk.post(address, drawn(desk, address) | said).status_code == 303
    family.refresh_from_db()
    assert (family.phones, family.going, family.destination_marz) == (["+37491123456"], "own_address", "AM-SU")


def test_somebody_joins(desk, family):
    newcomer = {"given_name": "Hayk", "family_name": "Hakobyan", "relationship": "parent", "birth": "70", "sex": "M"}
    answer = desk.post(at(family, "join/"), drawn(desk, at(family, "join/")) | newcomer, follow=True)
    assert "They belong to" in answer.text
    assert rows(family)[-1] == ("Hayk", "parent")
    assert "Joined the family" in answer.text


def test_another_head_is_undone_by_the_button_of_its_entry(desk, family):
    before = rows(family)
    answer = desk.post(at(family, "head/"), {"id": uuid.uuid4(), "head": str(key_of("Petros"))}, follow=True)
    assert "Another head of the family" in answer.text
    done = re.search(r'name="done" value="([^"]+)"', answer.text)[1]
    desk.post(at(family, "undo/"), {"id": uuid.uuid4(), "done": done})
    assert rows(family) == before


def test_some_become_a_family_of_their_own(desk, family):
    typed = {"id": uuid.uuid4(), f"is-{key_of('Petros')}": "head"}
    answer = desk.post(at(family, "part/"), typed, follow=True)
    assert answer.status_code == 200
    assert rows(Household.objects.exclude(pk=family.pk).get()) == [("Petros", "head")]


def test_a_split_whose_answer_was_lost_is_answered_with_the_new_number(desk, family):
    typed = {"id": uuid.uuid4(), f"is-{key_of('Petros')}": "head"}
    desk.post(at(family, "part/"), typed)
    desk.cookies.pop("messages")  # as on a line that was cut: it comes with the answer
    answer = desk.post(at(family, "part/"), typed, follow=True)
    assert "This was saved the first time you sent it." in answer.text
    assert f"They belong to {Household.objects.exclude(pk=family.pk).get()} now." in answer.text


def test_some_go_over_to_another_family(desk, family, goris, volunteer):
    other = register_family(goris, volunteer, person("Vera"))
    typed = {"id": uuid.uuid4(), f"is-{key_of('Petros')}": "cousin", "to": str(other)}
    desk.post(at(family, "part/"), typed)
    assert rows(other) == [("Vera", "head"), ("Petros", "cousin")]


@pytest.mark.parametrize(("to", "error"), [("4127 B", "You see no other"), ("", "A family has a head")])
def test_a_parting_that_cannot_be_is_answered_beside_the_field(desk, family, to, error):
    typed = {"id": uuid.uuid4(), f"is-{key_of('Petros')}": "spouse", "to": to}
    answer = desk.post(at(family, "part/"), typed)
    assert answer.status_code == 422
    assert error in answer.text
    assert not Household.objects.exclude(pk=family.pk).exists()


def test_who_never_was_is_taken_out(desk, family):
    typed = {"id": uuid.uuid4(), "members": [str(key_of("Mane"))], "reason": "typed twice"}
    answer = desk.post(at(family, "never-was/"), typed, follow=True)
    assert "Taken out." in answer.text
    assert len(rows(family)) == 2
    assert "typed twice" in answer.text


def test_never_was_without_a_reason_says_so(desk, family):
    answer = desk.post(at(family, "never-was/"), {"id": uuid.uuid4(), "members": [str(key_of("Mane"))]})
    assert answer.context["form"].errors["reason"]
    assert len(rows(family)) == 3


@pytest.mark.parametrize("page", ["correct/", "join/", "head/", "part/", "never-was/"])
def test_a_family_one_does_not_see_has_no_such_page(client, family, page):
    stranger = make_user(Role.VOLUNTEER, make_site("sisian"))
    client.force_login(stranger)
    client.post("/settings/shift/", {"site": stranger.assignments.get().site_id})
    assert client.get(at(family, page)).status_code == 404
    assert (
        client.post(at(family, "undo/"), {"id": uuid.uuid4(), "done": Act.objects.latest("at").pk}).status_code == 404
    )


@pytest.fixture
def widow(goris, volunteer):
    """A mother, who is the head, her son of seven and her own mother."""
    boy = child("Davit", relationship="son", sex="M", birth=Birth(years_before(timezone.localdate(), 7), "day"))
    return register_family(goris, volunteer, person("Sona"), boy, person("Vera", relationship="parent"))


def carer_of(name):
    row = Membership.objects.today().get(individual=key_of(name))
    return row.carer_kind, row.carer and row.carer.given_name


@pytest.mark.parametrize(
    ("page", "typed", "first"),
    [
        ("head/", lambda: {"head": key_of("Vera")}, "Vera"),
        ("never-was/", lambda: {"members": [key_of("Sona")], "head": key_of("Vera"), "reason": "twice"}, "Vera"),
        (
            "part/",
            lambda: {f"is-{key_of('Sona')}": "head", f"is-{key_of('Davit')}": "grandchild", "head": key_of("Vera")},
            "Sona",
        ),
    ],
)
def test_who_looks_after_a_child_is_asked_where_it_must_be_said(desk, widow, page, typed, first):
    field = f"carer-{key_of('Davit')}"
    assert field not in desk.get(at(widow, page)).text
    sent = {"id": uuid.uuid4(), **typed()}
    answer = desk.post(at(widow, page), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: ["Say who looks after this child."]}
    assert f'<select name="{field}"' in answer.text
    assert str(answer.context["form"].fields[field].choices[1][0]) == str(key_of(first))
    again = desk.post(at(widow, page), sent | {"id": uuid.uuid4(), field: "", "head": ""})
    assert f'<select name="{field}"' in again.text  # what was asked stays asked after another refusal
    assert desk.post(at(widow, page), sent | {"id": uuid.uuid4(), field: key_of(first)}).status_code == 303
    assert carer_of("Davit") == ("member", first)


def test_a_child_who_goes_over_is_looked_after_by_one_of_the_other_family(client, widow, goris):
    officer = make_user(Role.PROTECTION, goris)
    other = register_family(goris, officer, person("Nare"))
    client.force_login(officer)
    client.post("/settings/shift/", {"site": goris.pk})
    field, page = f"carer-{key_of('Davit')}", at(widow, "part/")
    sent = {"id": uuid.uuid4(), f"is-{key_of('Davit')}": "niece_nephew", "to": str(other)}
    answer = client.post(page, sent)
    assert str(answer.context["form"].fields[field].choices[1][0]) == str(key_of("Nare"))
    assert client.post(page, sent | {"id": uuid.uuid4(), field: key_of("Nare")}).status_code == 303
    assert carer_of("Davit") == ("member", "Nare")


def test_a_correction_that_seats_another_head_asks_about_the_children(desk, widow):
    address, field = at(widow, f"correct/{key_of('Vera')}/"), f"carer-{key_of('Davit')}"
    sent = drawn(desk, address) | {"relationship": "head"}
    assert desk.post(address, sent).context["form"].errors == {field: ["Say who looks after this child."]}
    assert desk.post(address, sent | {"id": uuid.uuid4(), field: "relative"}).status_code == 303
    assert carer_of("Davit") == ("relative", None)


def test_language_and_earlier_registered_address_are_corrected(desk, family):
    address = at(family, "correct/")
    said = {"language": "ru", "original_registration_district": "HAD", "original_registration_settlement": "Togh"}
    assert "language – nothing → " in desk.post(address, drawn(desk, address) | said, follow=True).text
    family.refresh_from_db()
    assert (family.languages, family.original_registration_district) == (["ru"], "HAD")
    assert family.original_registration_settlement == "Togh"
    assert drawn(desk, address)["language"] == "ru"
    desk.post(address, drawn(desk, address) | {"language": ""})
    family.refresh_from_db()
    assert family.languages == []
