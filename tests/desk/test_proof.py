"""A number is an address, never a proof: what opens a family to somebody who does not see it."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from aid.actions import reverse_handout
from aid.models import Distribution, Handout
from casework.models import Case
from centre.access import Role
from centre.models import LogLine
from desk.actions import arrive, open_in_emergency, pre_register
from desk.models import EmergencyOpening
from registrations.card_texts import write_qr
from registrations.errors import NotTold
from registrations.facts import Birth, Group, HouseholdFacts
from registrations.models import Household, Individual, Movement, NeedCode, Presence, Sighting
from registrations.numbers import write_number
from tests.api.conftest import Machine, member
from tests.api.conftest import intake as body_of
from tests.build import child, make_site, make_user, person, register_family, said_in
from tests.desk.test_cards import admin, block, carried, operation, table, text_of  # noqa: F401
from tests.desk.test_intake_page import intake, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def kapan():
    return make_site("kapan")


@pytest.fixture
def stranger(goris):
    """A volunteer at Goris, who sees nobody yet."""
    return make_user(Role.VOLUNTEER, goris, username="stranger")


@pytest.fixture
def desk(client, stranger):
    client.force_login(stranger)
    return client


@pytest.fixture
def family(kapan):
    mother = person("Աննա", "Հակոբյան", fathers_name="Արամ")
    boy = child("Davit", sex="M", birth=Birth.in_year(2015), relationship="son")
    return register_family(kapan, make_user(), mother, boy)


def where():
    return {presence.site.code for presence in Presence.objects.at(timezone.now()).select_related("site")}


def by_page(desk, family, name="", birth=""):
    typed = intake({}, card=str(family), member_name=name, member_birth=birth)
    return desk.post("/intake/arrive/", typed).status_code == 303


def by_api(user, **said):
    body = {"id": str(uuid.uuid4()), "at": timezone.now().isoformat(), "site": "goris"} | said
    return Machine(user).post("arrivals/", body)


PROOFS = [
    ("Աննա", "1989", True), ("Anna Hakobyan", "04.05.1989", True), ("Давид", "2015", True),
    ("Hakobyan", "1989", False), ("Anna", "1990", False), ("Anna Grigoryan", "1989", False), ("Anna", "2015", False),
    ("", "", False), ("Anna", "", False), ("", "1989", False), ("?", "1989", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "birth", "opens"), PROOFS)
def test_a_number_opens_a_family_with_name_and_birth_year_of_one_member(desk, family, name, birth, opens):
    assert by_page(desk, family, name, birth) == opens
    assert where() == ({"goris"} if opens else {"kapan"})


@pytest.mark.parametrize(("name", "birth", "opens"), PROOFS[:6])
def test_the_api_opens_a_family_by_the_same_proof(stranger, family, name, birth, opens):
    answer = by_api(stranger, card=str(family), given_name=name, birth_year=int(birth[-4:]))
    assert answer.status_code == (201 if opens else 409)
    assert where() == ({"goris"} if opens else {"kapan"})
    if opens:
        assert (answer.json()["household"], len(answer.json()["individuals"])) == (str(family.pk), 2)


def test_without_a_number_birth_date_and_fathers_name_open_a_family(stranger, family):
    said = {"given_name": "Anna", "family_name": "Hakobyan", "birth_date": "1989-05-04"}
    assert by_api(stranger, **said).json()["code"] == "card_needed"
    assert by_api(stranger, **said, fathers_name="Petros").json()["code"] == "card_needed"
    assert where() == {"kapan"}
    assert by_api(stranger, **said, fathers_name="Aram").status_code == 201
    assert where() == {"goris"}
    assert LogLine.objects.filter(by=stranger, verb="refused", fields=["proof"]).count() == 1


@pytest.mark.parametrize("names", [("Anna", "Hakobyan"), ("", "Hakobyan"), ("Anna", "")], ids=" ".join)
def test_one_attempt_is_no_page_of_birth_dates(desk, stranger, family, names):
    for first in (1, 11, 21):
        days = range(first, first + 10)
        guesses = [row(*names, fathers_name="Aram", birth=f"{day:02}.05.1989") for day in days]
        assert desk.post("/intake/same-family/", intake(*guesses)).status_code == 409
    assert where() == {"kapan"}
    assert LogLine.objects.filter(by=stranger, verb="refused", fields=["proof"]).count() == 3


def test_a_family_says_who_it_is_beside_one_who_joined_it(desk, family):
    joined = row("Siranush", fathers_name="Petros", birth="01.02.1940")
    assert desk.post("/intake/same-family/", intake(joined, row(fathers_name="Aram"))).status_code == 303
    assert where() == {"goris"}


def test_the_fourth_attempt_within_an_hour_is_refused_even_if_it_is_so(desk, stranger, family):
    for name in ("Sona", "Nune", "Mane"):
        assert not by_page(desk, family, name, "1989")
    assert not by_page(desk, family, "Anna", "1989")
    answer = by_api(stranger, card=str(family), given_name="Anna", birth_year=1989)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
    assert "Three attempts" in text_of(
        desk.post("/intake/arrive/", intake({}, card=str(family), member_name="Anna", member_birth="1989"))
    )
    assert LogLine.objects.filter(verb="refused", subject_id=family.pk, fields=["proof", "too_many_tries"]).count() == 3
    assert where() == {"kapan"}


def test_an_attempt_of_an_hour_ago_and_one_that_was_right_count_no_more(desk, family, monkeypatch):
    for name in ("Sona", "Nune", "Mane"):
        by_page(desk, family, name, "1989")
    monkeypatch.setattr("desk.proof.WITHIN", timedelta(0))
    assert by_page(desk, family, "Anna", "1989")
    monkeypatch.undo()
    assert LogLine.objects.filter(fields=["proof"]).count() == 3


def test_attempts_of_one_person_leave_the_others_theirs(desk, family):
    for name in ("Sona", "Nune", "Mane"):
        by_page(desk, family, name, "1989")
    desk.force_login(make_user(Role.VOLUNTEER, make_site("sisian"), username="third"))
    assert by_page(desk, family, "Anna", "1989")


@pytest.mark.django_db(transaction=True)
def test_attempts_sent_at_once_are_three(stranger, family):
    def ask(_one):
        try:
            return by_api(stranger, card=str(family), given_name="Sona", birth_year=1989).json()["code"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as hands:
        said = sorted(hands.map(ask, range(8)))
    assert said == ["not_proven"] * 3 + ["too_many_tries"] * 5


def test_who_sees_a_family_is_not_asked(client, kapan, family):
    volunteer = make_user(Role.VOLUNTEER, kapan)
    client.force_login(volunteer)
    assert "2 people, registered already." in text_of(
        client.post("/intake/", intake({}, card=str(family), step="card"))
    )
    assert by_page(client, family)


def test_a_page_says_nothing_of_a_family_by_its_number(desk, family):
    page = text_of(desk.post("/intake/", intake({}, card=str(family), step="card")))
    assert "Registered at another site." in page
    assert not any(said in page for said in ("2 people", "Հակոբյան", "Kapan", "Open their file"))


@pytest.fixture
def counted(kapan):
    groups = [Group(1, "F", "18-59"), Group(1, "M", "5-11")]
    facts = HouseholdFacts(going="shelter")
    answer = pre_register(
        kapan, groups=groups, facts=facts, urgent_need=NeedCode.objects.filter(at_desk=True)[0].pk, by=make_user()
    )
    return Household.objects.get(pk=answer.household)


def test_a_counted_family_is_named_by_as_many_women_and_men_as_were_counted(desk, stranger, counted):
    page = text_of(desk.get("/intake/", {"card": str(counted)}))
    assert "Counted at the gate of another site." in page
    assert "2 people" not in page
    assert "urgent need: ask" not in page
    for rows in ([row()], [row(), row("Sona")], [row(), row("Sona"), row("Narek", sex="M")]):
        assert desk.post("/intake/", intake(*rows, card=str(counted))).status_code == 422
    assert where() == {"kapan"}
    again = body_of(member(), member("Narek", sex="M", relationship="son"), card=str(counted), site="goris")
    assert Machine(stranger).post("intakes/", again).status_code == 429
    desk.force_login(make_user(Role.VOLUNTEER, stranger.assignments.get().site, username="second"))
    rows = [row(), row("Narek", "", sex="M", birth="8", relationship="son")]
    assert desk.post("/intake/", intake(*rows, card=str(counted))).status_code == 303
    assert where() == {"goris"}


NUMBER_DOORS = {
    "families": lambda c, n: c.get("/families/", {"search": n}, follow=True),
    "file": lambda c, n: c.get(f"/families/{n}/"),
    "departure": lambda c, n: c.post(f"/families/{n}/depart/", {"id": uuid.uuid4(), "destination": "abroad"}),
    "arrival": lambda c, n: c.post(f"/families/{n}/arrive/", {"id": uuid.uuid4()}),
    "by card": lambda c, n: c.post("/intake/arrive/", intake({}, card=n)),
    "look up": lambda c, n: c.post("/intake/", intake({}, card=n, step="card")),
    "intake": lambda c, n: c.post("/intake/", intake(row(), card=n)),
    "gate": lambda c, n: c.post("/intake/gate/", {"id": uuid.uuid4(), "card": n, "F_3": 1, "going": "shelter"}),
    "card": lambda c, n: c.get(f"/cards/family/{n}/"),
    "beds": lambda c, n: c.get(f"/shelter/family/{n}/"),
    "board": lambda c, n: c.get("/shelter/", {"family": n}),
    "duplicates": lambda c, n: c.get("/duplicates/", {"one": n, "other": n}),
    "aid": lambda c, n: c.get(f"/aid/family/{n}/"),
    "cases": lambda c, n: c.get(f"/casework/family/{n}/"),
    "api household": lambda c, n: c.get("/api/v1/households/", {"number": n}),
    "api search": lambda c, n: c.get("/api/v1/households/", {"search": n}),
    "api people": lambda c, n: c.get("/api/v1/individuals/", {"number": n}),
    "api arrival": lambda c, n: c.post(
        "/api/v1/arrivals/",
        {"id": str(uuid.uuid4()), "at": timezone.now().isoformat(), "site": "goris", "card": n},
        content_type="application/json",
    ),
    "api intake": lambda c, n: c.post(
        "/api/v1/intakes/", body_of(card=n, site="goris"), content_type="application/json"
    ),
}


@pytest.mark.parametrize("door", NUMBER_DOORS)
@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
def test_no_door_opens_or_moves_a_family_by_its_number(client, stranger, kapan, counted, door, role):
    mother = person("Շուշան", "Բաբայան", birth=Birth(date(1971, 2, 3), "day"))
    family = register_family(kapan, make_user(), mother, person("Նարեկ", relationship="son"))
    client.force_login(make_user(role, stranger.assignments.get().site))
    told = ("Շուշան", "Շ. Բ.", "Kapan", "2 people", str(family.pk), '"size"')
    if (role, door) == (Role.COORDINATOR, "board"):  # who places reads of all who wait anywhere where, and how many
        told = ("Շուշան", "Շ. Բ.", str(family.pk))
    for number in (str(family).replace(" ", ""), str(counted).replace(" ", "")):
        page = NUMBER_DOORS[door](client, number).content.decode()
        assert not any(said in page for said in told)
    assert where() == {"kapan"}
    assert Household.objects.get(pk=counted.pk).registered_at is None


# Whether a card was read is kept


@pytest.mark.parametrize("proof", ["card", "said", "seen"])
def test_an_arrival_keeps_whether_a_card_was_read(client, stranger, carried, proof):  # noqa: F811
    card, family = carried
    kapan = make_site("kapan")
    client.force_login(make_user(Role.COORDINATOR) if proof == "seen" else make_user(Role.VOLUNTEER, kapan))
    client.post("/settings/shift/", {"site": kapan.pk})
    typed = write_qr(card) if proof == "card" else str(family)
    said = {"member_name": "Anna", "member_birth": "1989"} if proof == "said" else {}
    assert client.post("/intake/arrive/", intake({}, card=typed, **said)).status_code == 303
    read = proof == "card"
    assert Movement.objects.get(kind="arrived", site=kapan).card_read is read
    page = text_of(client.get(f"/families/{str(family).replace(' ', '')}/"))
    assert ("card seen" if read else "card not seen") in page
    rows = client.get("/api/v1/presences/").json()["results"]
    assert [row["card_read"] for row in rows if row["site"] == "kapan"] == [read]


def test_a_counted_family_keeps_whether_its_card_was_read(stranger, counted):
    body = body_of(member(), member("Narek", sex="M", birth_date="2017-01-01", relationship="son"), card=str(counted))
    assert Machine(stranger).post("intakes/", body | {"site": "goris"}).status_code == 201
    assert set(Movement.objects.filter(site__code="goris").values_list("card_read", flat=True)) == {False}


@pytest.mark.parametrize(
    ("read", "typed"), [(True, write_qr), (False, lambda card: write_number(card.number)), (None, lambda _: "")]
)
@pytest.mark.parametrize("door", ["intake", "gate", "intakes/", "pre-registrations/"])
def test_a_first_arrival_keeps_whether_the_card_it_is_given_was_read(desk, stranger, block, door, typed, read):  # noqa: F811
    card = typed(block[1])
    if door == "intake":
        answer = desk.post("/intake/", intake(row(), card=card))
    elif door == "gate":
        answer = desk.post("/intake/gate/", {"id": uuid.uuid4(), "card": card, "F_2": "1", "going": "shelter"})
    else:
        body = body_of() if door == "intakes/" else {"id": str(uuid.uuid4()), "site": "goris", "going": "shelter"}
        body |= {"groups": [{"count": 1}]} if door != "intakes/" else {}
        answer = Machine(stranger).post(door, body | ({"card": card} if card else {}))
    assert answer.status_code in (201, 303)
    assert Movement.objects.get().card_read is read


def test_a_card_scanned_before_a_slip_at_the_gate_was_read(desk, block):  # noqa: F811
    form = {"id": uuid.uuid4(), "card": write_qr(block[1]), "going": "shelter"}
    again = desk.post("/intake/gate/", form)
    assert again.status_code == 422
    assert form["card"] not in again.content.decode()
    form |= {"card": again.context["form"]["card"].value(), "F_2": "1"}
    assert desk.post("/intake/gate/", form).status_code == 303
    assert Movement.objects.get().card_read is True


def test_a_handout_keeps_whether_a_card_was_read(table, carried):  # noqa: F811
    card, family = carried
    table.get("/aid/scan/", {"number": str(family)})
    form = {"id": uuid.uuid4(), "distribution": Distribution.objects.get().pk, "shown": str(family)}
    table.post("/aid/scan/", form)
    assert Handout.objects.get().card_read is False
    reverse_handout(Handout.objects.get(), reason="again", by=make_user())
    table.post("/aid/scan/card/", {"number": write_qr(card)})
    table.post("/aid/scan/", form | {"id": uuid.uuid4()})
    rows = table.get("/api/v1/handouts/").json()["results"]
    assert sorted(row["card_read"] for row in rows) == [False, True]


def test_at_the_scan_a_number_says_nothing_of_a_family_that_is_elsewhere(table, carried, coordinator):  # noqa: F811
    card, family = carried
    arrive(family, site=make_site("kapan"), by=make_user())
    page = text_of(table.get("/aid/scan/", {"number": str(family)}))
    assert "Scan their card" in page
    assert "family of" not in page
    body = {"distribution": str(Distribution.objects.get().pk)}

    def by_machine(**facts):
        return table.post(
            "/api/v1/handouts/", body | {"id": str(uuid.uuid4())} | facts, content_type="application/json"
        )

    assert by_machine(number=str(family)).json()["code"] == "card_not_seen"
    assert not Handout.objects.exists()
    assert by_machine(number=str(family), happened_anyway="no card").json()["flagged"] == "card_not_seen"
    reverse_handout(Handout.objects.get(), reason="again", by=coordinator)
    assert by_machine(number=write_qr(card)).status_code == 201


# Seen here


def everything_stays():
    return Presence.objects.filter(during__upper_inf=True).count() == 2 and where() == {"kapan"}


def test_a_strangers_tap_ends_nothing_and_who_has_them_confirms_it(desk, family, kapan):
    number = str(family).replace(" ", "")
    page = text_of(desk.post("/intake/", intake({}, card=number, step="card")))
    assert "Note that they were seen here" in page
    for _ in range(2):
        assert desk.post("/intake/seen/", intake({}, card=number)).status_code == 303
    assert everything_stays()
    assert desk.get(f"/families/{number}/").status_code == 404
    assert desk.post(f"/families/{number}/seen/", {"id": uuid.uuid4()}).status_code == 404
    desk.force_login(make_user(Role.VOLUNTEER, kapan))
    assert "Their number was shown at Goris without a card." in text_of(desk.get(f"/families/{number}/"))
    sighting = Sighting.objects.get()
    form = {"id": uuid.uuid4(), "site": sighting.site_id}
    assert desk.post(f"/families/{number}/seen/", form | {"site": kapan.pk}).status_code == 422
    assert everything_stays()
    assert desk.post(f"/families/{number}/seen/", form).status_code == 303
    assert where() == {"goris"}
    assert set(Movement.objects.filter(site__code="goris").values_list("happened_at", "card_read")) == {
        (sighting.happened_at, False)
    }
    assert "Their number was shown" not in text_of(desk.get(f"/families/{number}/"))


def test_the_api_notes_and_confirms_what_was_seen(stranger, family, kapan):
    goris = stranger.assignments.get().site
    noted = Machine(stranger).post("sightings/", site="goris", card=str(family))
    assert (noted.status_code, noted.json()) == (201, {"number": str(family)})
    assert everything_stays()
    confirm = f"households/{family.pk}/confirm-arrival/"
    assert Machine(stranger).post(confirm, site="goris").status_code == 404
    theirs = Machine(make_user(Role.VOLUNTEER, kapan))
    assert theirs.post(confirm, site="goris").status_code == 201
    assert where() == {goris.code}
    assert theirs.post(confirm, site="goris").json()["code"] == "not_seen_there"


def test_a_machine_says_how_a_child_came_without_its_mother(stranger, family):
    mother, boy = Individual.objects.members_of(family)
    arrive(family, site=make_site("safe", confidential=True), members=[mother.pk], by=make_user(Role.PROTECTION))
    shown = {"card": str(family), "given_name": "Davit", "birth_year": 2015}
    refused = by_api(stranger, **shown)
    assert (refused.status_code, refused.json()["code"]) == (409, "child_apart")
    assert by_api(stranger, **shown, happened_anyway="with a neighbour").status_code == 201
    assert said_in(Case.objects.get(individual=boy)) == "with a neighbour"


def test_nobody_is_taken_out_of_a_confidential_place_by_who_may_not_know_it(desk, stranger, family):
    house = make_site("safe", confidential=True)
    mother, boy = Individual.objects.members_of(family)
    arrive(family, site=house, members=[mother.pk], by=make_user(Role.PROTECTION))
    assert by_page(desk, family, "Davit", "2015")
    assert where() == {"safe", "kapan"}  # a boy without his mother: they say how
    came = {"id": uuid.uuid4(), "choosing": "1", "members": boy.pk, "happened_anyway": "with a neighbour"}
    assert desk.post(f"/families/{str(family).replace(' ', '')}/arrive/", came).status_code == 303
    assert Case.objects.get(individual=boy).site.code == "goris"
    at = dict(Presence.objects.at(timezone.now()).values_list("individual", "site__code"))
    assert at == {mother.pk: "safe", boy.pk: "goris"}
    arrive(family, site=house, members=[boy.pk], by=make_user(Role.PROTECTION))
    with pytest.raises(NotTold):
        arrive(family, site=stranger.assignments.get().site, by=stranger)
    assert where() == {"safe"}
    arrive(family, site=stranger.assignments.get().site, by=make_user(Role.PROTECTION))
    assert where() == {"goris"}


def opened_in_emergency(family, by, ago=timedelta(0)):
    open_in_emergency(family, reason="a child has a seizure", by=by)
    EmergencyOpening.objects.update(until=timezone.now() - ago)


@pytest.mark.parametrize("ago", [timedelta(hours=-1), timedelta(days=6)])
def test_what_was_read_in_an_emergency_proves_nothing(desk, stranger, family, ago):
    """Nor is it an attempt: right and wrong words are answered alike."""
    opened_in_emergency(family, stranger, ago)
    for name in ("Anna", "Sona", "Anna", "Sona"):
        assert not by_page(desk, family, name, "1989")
        answer = by_api(stranger, card=str(family), given_name=name, birth_year=1989)
        assert (answer.status_code, answer.json()["code"]) == (409, "read_in_emergency")
    facts = {"given_name": "Anna", "family_name": "Hakobyan", "birth_date": "1989-05-04", "fathers_name": "Aram"}
    assert by_api(stranger, **facts).json()["code"] == "read_in_emergency"
    answer = desk.post("/intake/same-family/", intake(row(fathers_name="Aram"), same=str(family.pk)))
    assert "in an emergency" in text_of(answer)
    assert where() == {"kapan"}


def test_after_an_emergency_the_card_opens_the_family_and_others_are_believed(desk, stranger, family):
    opened_in_emergency(family, stranger)
    desk.force_login(make_user(Role.VOLUNTEER, make_site("sisian"), username="third"))
    assert by_page(desk, family, "Anna", "1989")
    assert where() == {"sisian"}
    opened_in_emergency(family, stranger, timedelta(days=8))
    assert by_api(stranger, card=str(family), given_name="Anna", birth_year=1989).status_code == 201


# Who of the family came


@pytest.fixture
def scattered(family, kapan):
    """The mother is at Kapan, her boy at Meghri."""
    _mother, boy = Individual.objects.members_of(family)
    arrive(
        family, site=make_site("meghri"), members=[boy.pk], happened_anyway="a neighbour brought him", by=make_user()
    )
    return family


MOTHER = {"given_name": "Anna", "birth_year": 1989}


def test_the_api_names_to_who_proves_it_whom_the_page_offers_and_takes_who_came(client, scattered, stranger):
    refused = by_api(stranger, card=str(scattered), **MOTHER)
    assert (refused.status_code, refused.json()["code"]) == (409, "told_elsewhere")
    client.force_login(stranger)
    by_page(client, scattered, "Anna", "1989")
    code = str(scattered).replace(" ", "")
    offered = client.get(f"/families/{code}/arrive/").context["form"].fields["members"].choices
    assert [(one["individual"], one["person"]) for one in refused.json()["members"]] == offered
    mother = offered[0][0]
    came = by_api(stranger, card=str(scattered), members=[mother], happened_anyway="alone", **MOTHER)
    assert (came.status_code, came.json()["individuals"]) == (201, [mother])
    assert where() == {"goris", "meghri"}


def test_the_api_names_nobody_to_who_proves_nothing(scattered, stranger):
    nobody = {"members": [str(uuid.uuid4())]}
    for said in ({}, {"given_name": "Anna", "birth_year": 1990}):
        answer = by_api(stranger, card=str(scattered), **said, **nobody)
        assert set(answer.json()) == {"code", "detail"}
    wrong = by_api(stranger, card=str(scattered), **nobody, **MOTHER)
    assert (wrong.status_code, list(wrong.json())) == (400, ["members[0]"])
