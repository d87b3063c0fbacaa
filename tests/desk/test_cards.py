"""Cards at the desk: printed, given, scanned, lost, replaced; and how one that is not good is answered everywhere."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from aid.actions import Rule, add_item, plan_distribution
from aid.models import Distribution, Handout, Item
from aid.storing import receive_stock
from cards.actions import print_card, print_cards, revoke_block, revoke_card
from cards.errors import CardReplaced, CardRevoked, NowhereToComplain, UnknownCard
from cards.models import Card
from cards.sheets import draw_faces
from centre.access import NotAllowed, Role
from centre.models import Act, LogLine, Operation
from desk.actions import register
from registrations.card_texts import CardText, secrets_of, write_code, write_qr
from registrations.errors import CardTaken
from registrations.facts import HouseholdFacts
from registrations.models import Household, Presence
from registrations.numbers import write_number
from tests.api.conftest import intake as api_intake
from tests.build import make_site, make_user, person, register_family
from tests.desk.test_intake_page import intake, row

pytestmark = pytest.mark.django_db

FACTS = HouseholdFacts(going="shelter")


@pytest.fixture
def admin(goris):
    return make_user(Role.ADMINISTRATOR, username="armine")


@pytest.fixture
def operation(admin):
    return Operation.objects.create(
        name="Goris 2026",
        code="GORI",
        purpose="real",
        complaints_to="0-800-01-234",
        opened_at=timezone.now(),
        opened_by=admin,
    )


@pytest.fixture
def desk(client, goris):
    client.force_login(make_user(Role.VOLUNTEER, goris, username="volunteer"))
    return client


@pytest.fixture
def block(operation, goris, coordinator):
    """Ten cards that nobody carries: what stands on each."""
    printed = print_cards(goris, count=10, language="hy", by=coordinator)
    return [secrets_of(uuid.UUID(printed.act), number, "GORI") for number in printed.numbers]


@pytest.fixture
def carried(block, goris, coordinator):
    """A card of the block, and the family that carries it."""
    family = register(goris, members=[person()], facts=FACTS, card=block[0].number, by=coordinator)
    return block[0], Household.objects.get(pk=family.household)


def text_of(answer):
    return " ".join(answer.content.decode().split())


def look_up(desk, typed, **more):
    return desk.post("/intake/", intake({}, card=typed, step="card", **more))


def other(digits):
    return str((int(digits) + 1) % 10 ** len(digits)).zfill(len(digits))


# Printed


def test_of_a_printed_card_only_digests_are_kept(block):
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM cards_card c UNION ALL SELECT a::text FROM centre_act a")
        kept = " ".join(line for (line,) in cursor.fetchall())
    assert str(block[0].number) in kept
    assert not any(card.secret in kept or card.code in kept for card in block)


def test_the_same_print_twice_prints_the_same_cards(operation, goris, coordinator):
    act = uuid.uuid4()
    one, two = (print_cards(goris, count=5, language="hy", by=coordinator, id=act) for _ in range(2))
    assert one == two
    assert Card.objects.count() == 5


def test_a_card_says_where_to_complain_or_is_not_printed(operation, goris, coordinator):
    Operation.objects.update(complaints_to="")
    with pytest.raises(NowhereToComplain):
        print_cards(goris, count=5, language="hy", by=coordinator)
    assert not Card.objects.exists()


def test_a_number_has_one_live_card(block):
    with pytest.raises(Exception, match="one_live_card"):
        Card.objects.create(
            number=block[0].number, site=Card.objects.first().site, language="hy", act=Act.objects.first(),
            secret_digest="a", code_digest="b",
        )  # fmt: skip


def test_a_volunteer_prints_no_block(operation, goris):
    with pytest.raises(NotAllowed):
        print_cards(goris, count=5, language="hy", by=make_user(Role.VOLUNTEER, goris))


def test_the_sheet_is_drawn_for_whoever_printed_it_within_the_hour(client, block, goris, coordinator, monkeypatch):
    sheet = f"/cards/sheets/{Act.objects.get(kind='print_cards').pk}/"
    client.force_login(coordinator)
    page = client.get(sheet)
    assert write_number(block[0].number) in text_of(page)
    assert write_code(block[9].code) in text_of(page)
    assert "0-800-01-234" in text_of(page)
    assert "no-store" in page["Cache-Control"]
    assert LogLine.objects.filter(by=coordinator, verb="printed").count() == 1
    client.force_login(make_user(Role.COORDINATOR, goris))
    assert client.get(sheet).status_code == 409
    client.force_login(coordinator)
    monkeypatch.setattr("cards.sheets.DRAWN_FOR", timedelta(0))  # the hour has passed
    assert client.get(sheet).status_code == 409


def test_the_sheet_is_not_drawn_with_another_key(client, block, coordinator, settings):
    client.force_login(coordinator)
    sheet = f"/cards/sheets/{Act.objects.get(kind='print_cards').pk}/"
    printed = draw_faces(Act.objects.get(kind="print_cards"))
    assert len(printed) == 10
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # the session lives on
    settings.SECRET_KEY = "another " * 8
    assert client.get(sheet).status_code == 409


def test_in_front_stand_the_number_and_initials_and_no_name(client, operation, goris, coordinator):
    family = register_family(goris, coordinator, person("Anna", "Hakobyan", fathers_name="Aram"))
    client.force_login(coordinator)
    form = {"id": uuid.uuid4(), "language": "ru"}
    sheet = client.post(f"/cards/family/{str(family).replace(' ', '')}/", form, follow=True)
    card = sheet.content.decode().partition('<article class="two-faces"')[2]
    assert str(family) in card
    assert "A. H." in card
    assert not any(name in card for name in ("Anna", "Hakobyan", "Aram"))
    assert 'lang="ru"' in card


# Given


@pytest.mark.parametrize("shape", ["scanned", "code", "number"])
def test_a_new_card_is_the_familys_from_intake_on(desk, block, shape):
    card = block[3]
    typed = {
        "scanned": write_qr(card),
        "code": f"{write_number(card.number)} {write_code(card.code)}",
        "number": write_number(card.number).lower().replace(" ", ""),
    }[shape]
    page = text_of(look_up(desk, typed))
    assert "New card" in page
    assert card.secret not in page
    assert card.code not in page
    assert f'value="{write_number(card.number)}"' in page
    form = intake(row(), card=write_number(card.number))
    for _ in range(2):  # a double click
        assert desk.post("/intake/", form).status_code == 303
    assert Household.objects.get().number == card.number


def test_a_new_card_is_given_at_the_gate(desk, block):
    form = {"id": uuid.uuid4(), "going": "shelter", "F_3": "2", "card": write_qr(block[1])}
    for _ in range(2):
        assert desk.post("/intake/gate/", form).status_code == 303
    assert Household.objects.get().number == block[1].number
    page = look_up(desk, write_qr(block[1]))
    assert "Counted at the gate: 2 people." in text_of(page)
    again = desk.post("/intake/gate/", form | {"id": uuid.uuid4()})
    assert again.status_code == 422
    assert "already been given out" in text_of(again)
    assert Household.objects.count() == 1


def test_no_page_shows_a_secret_again_when_something_else_is_wrong(desk, block):
    card = block[6]
    refused = desk.post("/intake/", intake(row(birth="31.02.2000"), card=write_qr(card)))
    counted = desk.post("/intake/gate/", {"id": uuid.uuid4(), "going": "shelter", "card": write_qr(card)})
    for page in (refused, counted):
        assert page.status_code == 422
        assert card.secret not in page.content.decode()
        assert f'value="{write_number(card.number)}"' in page.content.decode()


def test_a_card_is_given_once(carried, goris, coordinator):
    card, _family = carried
    with pytest.raises(CardTaken):
        register(goris, members=[person("Other")], facts=FACTS, card=card.number, by=coordinator)
    assert Household.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_desks_that_give_one_card_at_once_give_it_once(block, goris, coordinator):
    def give(_desk):
        try:
            register(goris, members=[person()], facts=FACTS, card=block[0].number, by=coordinator)
            return "given"
        except CardTaken:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as desks:
        answers = sorted(desks.map(give, range(8)))
    assert answers == ["given"] + ["taken"] * 7
    assert Household.objects.count() == 1


def test_a_card_that_was_never_printed_is_not_given(operation, goris, coordinator):
    with pytest.raises(UnknownCard):
        register(goris, members=[person()], facts=FACTS, card=77777, by=coordinator)


# Continued


def test_a_scanned_card_of_a_known_family_continues_it_elsewhere(client, carried):
    card, family = carried
    kapan = make_site("kapan")
    client.force_login(make_user(Role.VOLUNTEER, kapan))
    page = text_of(look_up(client, write_qr(card)))
    assert "registered already" in page
    assert "Record arrival" in page
    arrived = client.post("/intake/arrive/", intake({}, card=str(family)))
    assert arrived.status_code == 303
    assert Presence.objects.at(timezone.now()).get().site == kapan


def test_a_number_that_was_overheard_opens_no_family(client, carried):
    card, family = carried
    client.force_login(make_user(Role.VOLUNTEER, make_site("kapan")))
    page = text_of(look_up(client, str(family)))
    assert "Registered at another site." in page
    assert "One person" not in page
    answer = client.post("/intake/arrive/", intake({}, card=str(family)))
    assert answer.status_code == 422
    assert "Scan their card" in text_of(answer)
    wrong = f"{family} {other(card.code)}"
    assert client.post("/intake/arrive/", intake({}, card=wrong)).status_code == 422
    assert Presence.objects.at(timezone.now()).get().site.code == "goris"


def test_a_family_without_a_printed_card_does_not_come_by_its_number_alone(client, operation, goris, coordinator):
    family = register_family(goris, coordinator)
    client.force_login(make_user(Role.VOLUNTEER, make_site("kapan")))
    assert client.post("/intake/arrive/", intake({}, card=str(family))).status_code == 422
    said = {"member_name": "Աննա", "member_birth": "1989"}
    assert client.post("/intake/arrive/", intake({}, card=str(family), **said)).status_code == 303


def test_a_card_scanned_into_the_search_opens_the_file(desk, carried, block):
    card, family = carried
    answer = desk.post("/families/", {"search": write_qr(card)}, follow=True)
    assert answer.redirect_chain[-1] == (f"/families/{str(family).replace(' ', '')}/", 303)
    assert "This card was not printed by us" in text_of(
        desk.get("/families/", {"search": write_qr(CardText(card.number, "GORI", other(card.secret)))}, follow=True)
    )


# Lost, replaced, revoked


def test_a_lost_card_is_replaced_with_the_same_number_and_a_new_secret(desk, carried):
    card, family = carried
    file = f"/cards/family/{str(family).replace(' ', '')}/"
    live = Card.objects.live().get(number=card.number)
    form = {"id": uuid.uuid4(), "instead_of": live.pk, "why": "lost", "language": "hy"}
    sheets = [desk.post(file, form)["Location"] for _ in range(2)]
    assert sheets[0] == sheets[1]
    new = Card.objects.live().get(number=card.number)
    assert new.secret_digest != live.secret_digest
    assert Card.objects.get(pk=live.pk).revoked_as == "lost"
    assert str(family) in text_of(desk.get(sheets[0]))
    assert "was revoked on" in text_of(look_up(desk, write_qr(card)))
    stale = desk.post(file, form | {"id": uuid.uuid4()})
    assert stale.status_code == 422
    assert "Another desk did this already" in text_of(stale)
    assert Card.objects.filter(number=card.number).count() == 2


def test_a_card_is_revoked_once_and_its_number_says_so(desk, carried, goris, coordinator):
    card, family = carried
    live = Card.objects.live().get(number=card.number)
    address = f"/cards/family/{str(family).replace(' ', '')}/revoke/"
    form = {"id": uuid.uuid4(), "instead_of": live.pk, "why": "stolen", "language": "hy"}
    assert desk.post(address, form).status_code == 303
    with pytest.raises(CardReplaced):
        revoke_card(live, site=goris, why="lost", by=coordinator)
    assert Card.objects.get(pk=live.pk).revoked_as == "stolen"
    for typed in (write_qr(card), str(family), f"{family} {card.code}"):
        assert "was revoked on" in text_of(look_up(desk, typed))
    print_card(family, site=goris, language="hy", by=coordinator)
    assert "registered already" in text_of(look_up(desk, str(family)))


def test_revoking_a_block_spares_what_is_carried(carried, block, goris, coordinator):
    printing = Act.objects.get(kind="print_cards").pk
    revoked = revoke_block(printing, site=goris, why="stolen", by=coordinator)
    assert len(revoked.cards) == 9
    assert Card.objects.live().get().number == carried[0].number
    with pytest.raises(CardReplaced):
        revoke_block(printing, site=goris, why="stolen", by=coordinator)
    with pytest.raises(CardRevoked):
        register(goris, members=[person()], facts=FACTS, card=block[4].number, by=coordinator)


def test_the_page_of_cards_prints_counts_and_revokes(client, carried, coordinator):
    client.force_login(coordinator)
    page = text_of(client.get("/cards/"))
    assert "10 printed · 1 given · 9 left" in page
    printed = client.post("/cards/", {"id": uuid.uuid4(), "count": "50", "language": "ru"})
    assert printed.status_code == 303
    assert Card.objects.filter(language="ru").count() == 50
    assert client.post("/cards/", {"id": uuid.uuid4(), "count": "51", "language": "xx"}).status_code == 422
    first = Act.objects.filter(kind="print_cards").order_by("at").first().pk
    assert client.post(f"/cards/blocks/{first}/revoke/", {"id": uuid.uuid4(), "why": "lost"}).status_code == 303
    assert "0 left" in text_of(client.get("/cards/"))


# Hostile cards, at every door


def hostile(card, kind):
    letter = "D" if write_number(card.number).endswith("C") else "C"  # the same key on every layout
    scanned = write_qr(card)
    return {
        "wrong check letter": (f"{card.number} {letter}", "The letter does not fit the digits"),
        "misread": (scanned[:-1] + str((int(scanned[-1]) + 1) % 10), "The card was misread"),
        "wrong secret": (write_qr(CardText(card.number, "GORI", other(card.secret))), "not printed by us"),
        "wrong code": (f"{write_number(card.number)} {other(card.code)}", "does not belong to this number"),
        "another operation": (write_qr(CardText(card.number, "KAPA", card.secret)), "another operation, KAPA"),
        "a foreign code": ("https://example.org/?card=1", "not one of our cards"),
        "nobody's": (write_number(99999), "No family has this number"),
    }[kind]


KINDS = (
    "wrong check letter", "misread", "wrong secret", "wrong code", "another operation", "a foreign code", "nobody's",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_card_is_answered_at_intake_and_gate(desk, carried, kind):
    typed, words = hostile(carried[0], kind)
    assert words in text_of(look_up(desk, typed))
    saved = desk.post("/intake/", intake(row(), card=typed))
    assert saved.status_code == 422
    assert words in text_of(saved)
    assert 'value="Hakobyan"' in saved.content.decode()
    counted = desk.post("/intake/gate/", {"id": uuid.uuid4(), "going": "shelter", "F_3": "2", "card": typed})
    assert counted.status_code == 422
    assert words in text_of(counted)
    assert Household.objects.count() == 1


@pytest.fixture
def table(client, goris, coordinator):
    item = Item.objects.get(pk=add_item(name_en="Parcel", by=coordinator).item)
    since = timezone.now() - timedelta(hours=1)
    receive_stock(goris, item=item, quantity=100, by=coordinator, at=since)
    plan_distribution(
        goris, name="Round", starts_at=since, ends_at=None, rules=[Rule(item, "person", 1)], by=coordinator
    )
    client.force_login(make_user(Role.AID_VOLUNTEER, goris, username="table"))
    return client


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_card_is_red_at_the_scan(table, carried, kind):
    typed, words = hostile(carried[0], kind)
    answer = table.post("/aid/scan/card/", {"number": typed})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "given all the same" not in text_of(answer)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_card_is_refused_by_the_api(client, carried, goris, kind):
    typed, words = hostile(carried[0], kind)
    client.force_login(make_user(Role.VOLUNTEER, goris, username="machine"))
    body = api_intake(card=typed)
    answer = client.post("/api/v1/intakes/", body, content_type="application/json")
    assert answer.status_code in (400, 409)
    said = answer.json()
    assert words in str(said.get("card") or said["detail"])
    assert Household.objects.count() == 1


def test_the_scan_goes_on_with_the_number_and_not_the_secret(table, carried):
    card, family = carried
    answer = table.post("/aid/scan/card/", {"number": write_qr(card)})
    assert answer["Location"] == f"/aid/scan/?number={quote(str(family)).replace('%20', '+')}"
    page = text_of(table.get(answer["Location"]))
    assert "GIVE" in page
    assert "Only the number was typed" not in page


def test_a_typed_number_is_given_with_a_word_to_look_at_the_card(table, carried):
    _card, family = carried
    page = text_of(table.get("/aid/scan/", {"number": str(family)}))
    assert "GIVE" in page
    assert "Only the number was typed" in page


def test_a_revoked_card_is_red_until_a_desk_prints_another(table, carried, goris, coordinator):
    card, family = carried
    revoke_card(Card.objects.live().get(number=card.number), site=goris, why="lost", by=coordinator)
    for typed in (write_qr(card), str(family)):
        answer = table.post("/aid/scan/card/", {"number": typed})
        assert answer.status_code == 422
        assert "was revoked on" in text_of(answer)
    assert LogLine.objects.filter(verb="refused", subject="card", fields=["card_revoked"]).count() == 2
    print_card(family, site=goris, language="hy", by=coordinator)
    assert table.post("/aid/scan/card/", {"number": str(family)}).status_code == 303


def test_a_new_card_is_sent_to_the_desk(table, block):
    answer = table.post("/aid/scan/card/", {"number": write_qr(block[5])})
    assert "Send them to the desk" in text_of(answer)


def test_the_api_hands_out_by_a_scanned_card(table, carried):
    card, family = carried
    body = {"id": str(uuid.uuid4()), "distribution": str(Distribution.objects.get().pk), "number": write_qr(card)}
    answer = table.post("/api/v1/handouts/", body, content_type="application/json")
    assert answer.status_code == 201
    assert Handout.objects.get().household == family


def test_the_api_registers_with_a_new_card_however_often_it_is_sent(client, block, goris):
    client.force_login(make_user(Role.VOLUNTEER, goris))
    body = api_intake(card=write_qr(block[2]))
    answers = [client.post("/api/v1/intakes/", body, content_type="application/json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["number"] == answers[1].json()["number"] == write_number(block[2].number)


def test_only_who_sets_up_says_where_to_complain(client, operation, coordinator, admin):
    form = {"id": uuid.uuid4(), "complaints_to": "Desk 1, +374 10 000 000"}
    client.force_login(coordinator)
    assert client.post("/cards/complaints/", form).status_code == 403
    client.force_login(admin)
    assert client.post("/cards/complaints/", form).status_code == 303
    assert Operation.objects.get().complaints_to == "Desk 1, +374 10 000 000"
    assert client.post("/cards/complaints/", {"id": uuid.uuid4(), "complaints_to": " "}).status_code == 422
