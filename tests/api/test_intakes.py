"""A family registered in one request: what is so afterwards, and what is refused whole."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from casework.models import Case
from centre.models import Act, LogLine
from registrations.models import Household, Individual, Membership, Movement, Presence, SpecificNeed
from tests.api.conftest import intake, member
from tests.build import make_site, make_user, person, register_family


def test_an_intake_registers_the_whole_family(volunteer, goris):
    child = member("Narek", relationship="son", sex="M", birth_date=None, age=7, needs=["SM-CI"])
    answer = volunteer.post(
        "intakes/",
        intake(
            member(fathers_name="Արամի", documents=[{"kind": "passport", "number": "AN0123456"}]),
            child,
            last_residence={"district": "STE", "settlement": "Stepanakert"},
            phones=["091 123456", "+374 91 123456"],
        ),
    )
    assert answer.status_code == 201, answer.json()
    said = answer.json()
    household = Household.objects.get(pk=said["household"])
    assert (said["number"], said["card"]) == (str(household), str(household).replace(" ", ""))
    assert (said["cases"], said["matches"]) == ([], [])
    assert (household.phones, household.last_residence_district) == (["+37491123456"], "STE")
    assert said["individuals"] == [
        str(key) for key in Individual.objects.members_of(household).values_list("pk", flat=True)
    ]
    assert said["individuals"][1] == child["id"]
    narek = Individual.objects.get(pk=child["id"])
    assert (narek.birth_precision, narek.birth_date.year) == ("age", timezone.localdate().year - 7)
    assert [need.code_id for need in SpecificNeed.objects.all()] == ["SM-CI"]
    assert Presence.objects.filter(site=goris).count() == 2


def test_the_same_intake_sent_twice_is_stored_once_and_answered_the_same(volunteer):
    body = intake(member(), member("Narek", relationship="son", id=None))
    first, second = volunteer.post("intakes/", body), volunteer.post("intakes/", body)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (Household.objects.count(), Individual.objects.count(), Act.objects.count()) == (1, 2, 1)


def test_the_same_id_with_other_facts_is_refused_as_changed(volunteer):
    body = intake()
    volunteer.post("intakes/", body)
    answer = volunteer.post("intakes/", body | {"going": "stays"})
    assert (answer.status_code, answer.json()["code"]) == (409, "changed")
    assert Household.objects.get().going == "shelter"


def test_own_address_ends_the_presence(volunteer):
    answer = volunteer.post("intakes/", intake(going="own_address", destination_marz="AM-KT"))
    assert answer.status_code == 201
    assert list(Movement.objects.values_list("kind", "destination_marz")) == [("arrived", ""), ("departed", "AM-KT")]
    assert not Presence.objects.exists()


def test_a_card_names_the_family_that_was_counted(volunteer, goris):
    counted = volunteer.post(
        "pre-registrations/",
        site="goris",
        going="shelter",
        groups=[{"count": 1, "sex": "F", "age_group": "18-59"}, {"count": 1, "age_group": "5-11"}],
        urgent_need="SM-CC",
    ).json()
    answer = volunteer.post(
        "intakes/",
        intake(member(), member("Narek", relationship="son", birth_date=None, age=8), card=counted["number"].lower()),
    )
    assert answer.status_code == 201, answer.json()
    assert answer.json()["household"] == counted["household"]
    assert sorted(answer.json()["individuals"]) == sorted(counted["individuals"])
    assert Household.objects.get().registered_at is not None
    again = volunteer.post("intakes/", intake(card=counted["number"]))
    assert (again.status_code, again.json()["code"]) == (409, "already_registered")


def test_a_card_that_does_not_exist_is_named(volunteer):
    answer = volunteer.post("intakes/", intake(card="4127K"))
    assert (answer.status_code, list(answer.json())) == (400, ["card"])


def test_a_likely_duplicate_elsewhere_is_only_said_to_be_one(volunteer):
    sisian = make_site("sisian")
    known = register_family(sisian, make_user(site=sisian), person("Anna", "Hakobyan"))
    asked = member("Աննա", family_name="Հակոբյան")
    (match,) = volunteer.post("intakes/", intake(asked)).json()["matches"]
    nothing = {
        "household": None,
        "number": "",
        "site": "",
        "day": None,
        "size": None,
        "agrees": [],
        "same_family": False,
    }
    assert match == nothing | {"person": asked["id"]}
    assert LogLine.objects.filter(verb="matched", subject_id=str(known.pk)).exists()


def test_a_likely_duplicate_is_shown_and_does_not_block(volunteer, goris):
    known = register_family(goris, make_user(site=goris), person("Anna", "Hakobyan"))
    answer = volunteer.post("intakes/", intake(member("Աննա", family_name="Հակոբյան"))).json()
    (match,) = answer["matches"]
    assert (match["household"], match["number"]) == (str(known.pk), str(known))
    assert LogLine.objects.filter(verb="matched", subject_id=str(known.pk)).exists()
    assert Household.objects.count() == 2


def test_a_child_without_a_carer_is_named_and_nothing_is_written(volunteer):
    niece = member("Mane", relationship="niece_nephew", birth_date="2015-01-01")
    answer = volunteer.post("intakes/", intake(member(), niece))
    assert (answer.status_code, list(answer.json())) == (400, ["members[1].carer"])
    assert not Act.objects.exists()


@pytest.mark.parametrize("said", ["relative", "someone_else", "nobody"])
def test_a_child_with_another_carer_opens_a_case(volunteer, said):
    niece = member("Mane", relationship="niece_nephew", birth_date="2015-01-01", carer=said)
    answer = volunteer.post("intakes/", intake(member(), niece)).json()
    assert answer["cases"] == [str(case.pk) for case in Case.objects.filter(individual=niece["id"], urgency="now")]
    assert len(answer["cases"]) == 1


def test_a_child_with_a_parent_on_the_list_opens_none(volunteer):
    mother = member("Ani", relationship="daughter")
    child = member("Mane", relationship="grandchild", birth_date="2015-01-01", carer=mother["id"].upper())
    answer = volunteer.post("intakes/", intake(member(birth_date="1960-01-01"), mother, child))
    assert (answer.status_code, answer.json()["cases"]) == (201, [])
    assert str(Membership.objects.get(individual=child["id"]).carer_id) == mother["id"]


def test_births_are_as_precise_as_they_were_said(volunteer):
    said = [{"birth_date": "1989-05"}, {"birth_year": 1990}, {"age_group": "60+"}, {}]
    people = [
        member(relationship="head" if n == 0 else "sibling", **{"birth_date": None, **b}) for n, b in enumerate(said)
    ]
    volunteer.post("intakes/", intake(*people))
    written = [
        (row.birth_precision, row.birth_date, row.age_group)
        for row in Individual.objects.members_of(Household.objects.get())
    ]
    assert written == [
        ("month", date(1989, 5, 1), ""),
        ("year", date(1990, 1, 1), ""),
        ("age_group", None, "60+"),
        ("unknown", None, ""),
    ]


def test_a_birth_is_said_back_as_it_was_said(volunteer):
    said = [
        {"birth_date": "1989-05-04"}, {"birth_date": "1989-05"}, {"birth_year": 1990}, {"age": 33},
        {"age_group": "60+"}, {},
    ]  # fmt: skip
    nothing = {"birth_date": None, "birth_year": None, "age": None, "age_group": ""}
    people = [member(f"Ani{n}", relationship="sibling", birth_date=None) | birth for n, birth in enumerate(said)]
    people[0]["relationship"] = "head"
    assert volunteer.post("intakes/", intake(*people)).status_code == 201
    for sent, birth in zip(people, said, strict=True):
        answer = volunteer.get(f"individuals/{sent['id']}/").json()
        assert {name: answer[name] for name in nothing} == nothing | birth


def test_a_family_of_five_is_registered_in_few_queries(volunteer, django_assert_max_num_queries):
    people = [member(), *(member(f"Narek{'abcd'[n]}", relationship="son") for n in range(4))]
    volunteer.post("intakes/", intake())  # what is read once per process
    with django_assert_max_num_queries(33):
        assert volunteer.post("intakes/", intake(*people)).status_code == 201


def test_a_child_born_here_joins_the_household(volunteer):
    household = volunteer.post("intakes/", intake()).json()["household"]
    child = member("Nare", relationship="daughter", birth_date=timezone.localdate().isoformat())
    answer = volunteer.post(f"households/{household}/born/", site="goris", at=timezone.now().isoformat(), child=child)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["individuals"] == [child["id"]]


def test_a_member_id_of_somebody_else_is_refused(volunteer):
    first = member()
    volunteer.post("intakes/", intake(first))
    answer = volunteer.post("intakes/", intake(member("Ani", id=first["id"])))
    assert (answer.status_code, answer.json()["code"]) == (409, "already_written")
    assert Household.objects.count() == 1


def test_a_member_id_of_somebody_else_is_refused_on_a_card_too(volunteer):
    counted = volunteer.post(
        "pre-registrations/", site="goris", going="shelter", groups=[{"count": 2, "age_group": "18-59"}]
    ).json()
    answer = volunteer.post("intakes/", intake(member(id=counted["individuals"][0]), card=counted["number"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "already_written")
    assert Household.objects.get().registered_at is None


def test_an_act_outside_the_hours_of_the_role_is_not_allowed(goris, volunteer):
    sisian = make_site("sisian")
    answer = volunteer.post("intakes/", intake(site=str(sisian.pk)))
    assert answer.status_code == 403
    assert LogLine.objects.filter(by=volunteer.user, verb="refused").exists()
    late = intake(at=(timezone.now() - timedelta(days=30)).isoformat(), id=str(uuid.uuid4()))
    answer = volunteer.post("intakes/", late)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_then")


def test_several_telephones_in_one_text_are_all_kept(volunteer):
    answer = volunteer.post("intakes/", intake(phones=["091123456, 093112233", "091 12 34 56"]))
    assert answer.status_code == 201, answer.json()
    assert Household.objects.get().phones == ["+37491123456", "+37493112233"]


def test_two_whose_names_nobody_knows_are_no_match(volunteer):
    for word in ("Անհայտ", "Неизвестно", "Unknown", "N/A", "—"):
        answer = volunteer.post("intakes/", intake(member(word, family_name=word)))
        assert (answer.status_code, answer.json()["matches"]) == (201, [])
    assert {one.full_name for one in Individual.objects.all()} == {""}


def test_an_age_in_months_stays_one(volunteer):
    baby = member("Narek", relationship="son", birth_date=None, age_months=8)
    answer = volunteer.post("intakes/", intake(member(), baby))
    assert answer.status_code == 201, answer.json()
    row = volunteer.get(f"individuals/{baby['id']}/").json()
    said = {name: row[name] for name in ("birth_date", "birth_year", "age", "age_months", "birth_precision")}
    assert said == {
        "birth_date": None,
        "birth_year": None,
        "age": None,
        "age_months": 8,
        "birth_precision": "age_months",
    }
    too_old = member("Mane", relationship="daughter", birth_date=None, age_months=37)
    assert volunteer.post("intakes/", intake(member(), too_old)).status_code == 400
