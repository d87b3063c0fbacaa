"""Every door that takes a card or its number reads the keys that were pressed, on each layout people use."""

import re
import uuid
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from aid.actions import Rule
from aid.storing import receive_stock
from registrations.card_texts import CardText, read_card_text, write_code, write_qr
from registrations.keyboards import DIGIT_KEYS, LAYOUTS, LETTER_KEYS
from registrations.numbers import LETTERS, read_number, write_number
from tests.aid.conftest import make_distribution, make_item
from tests.api.conftest import intake as api_intake
from tests.build import make_user
from tests.desk.test_cards import admin, block, carried, operation  # noqa: F401
from tests.desk.test_intake_page import intake

pytestmark = pytest.mark.django_db

KEYBOARDS = [(layout, row) for layout in LAYOUTS for row in (DIGIT_KEYS, *layout.rows)]
EACH_KIND = [(layout, (*layout.rows, DIGIT_KEYS)[0]) for layout in LAYOUTS[1::2]]
OTHER_DIGITS = ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९"]


def typed_on(keyboard, text):
    """What stands in the field when the keys of this text are pressed; a scanner gives capitals with Shift."""
    layout, row = keyboard
    return text.translate(str.maketrans(DIGIT_KEYS + LETTER_KEYS, row + layout.letters))


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_number_is_read_from_the_keys_that_were_pressed(keyboard):
    for number in range(4100, 4100 + 3 * len(LETTERS)):
        typed = typed_on(keyboard, write_number(number))
        capitals = "".join(sign.upper() if len(sign.upper()) == 1 else sign for sign in typed)
        for shown in (typed, capitals, typed.replace(" ", "")):
            try:
                assert read_number(shown) == number
            except ValidationError as error:
                assert error.code == "two_ways"  # noqa: PT017


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_card_is_read_from_the_keys_that_were_pressed(keyboard):
    card = CardText(4127, "GORI", "123456789012345678901234567890", "482907356")
    assert read_card_text(typed_on(keyboard, write_qr(card))).secret == card.secret
    typed = typed_on(keyboard, f"{write_number(4127)} {write_code(card.code)}")
    assert read_card_text(typed) == CardText(4127, code=card.code)
    with pytest.raises(ValidationError):
        read_card_text(typed_on(keyboard, write_qr(card)[:-1] + "0"))


@pytest.mark.parametrize("digits", OTHER_DIGITS)
def test_a_number_is_read_in_other_digits(digits):
    table = str.maketrans("0123456789", digits)
    assert read_number(write_number(4127).translate(table)) == 4127
    assert read_card_text(f"{write_number(4127)} 482907356".translate(table)).code == "482907356"


@pytest.mark.parametrize("typed", ["։օ,, ա", "ֆօ։․ չ", "!)); т"])
def test_two_numbers_under_two_readings_are_asked_again(typed):
    """Keys of two layouts give one text, and both letters fit: nobody guesses between two families."""
    with pytest.raises(ValidationError) as refused:
        read_number(typed)
    assert refused.value.code == "two_ways"


@pytest.fixture
def round_one(goris, coordinator):
    soap = make_item("Soap", coordinator)
    receive_stock(goris, item=soap, quantity=9, by=coordinator)
    return make_distribution(goris, coordinator, Rule(soap, "household", 1))


def doors(client, round_one, family):
    """Each door, given what stands in its field: whether it leads to the family."""
    number = str(family)

    def shows(answer):
        return number in answer.content.decode() or number.replace(" ", "") in answer.get("Location", "")

    api = lambda path: client.get(f"/api/v1/{path}").json().get("results")  # noqa: E731
    act = {"distribution": str(round_one.pk), "id": str(uuid.uuid4()), "at": timezone.now().isoformat()}

    def post(path, body):
        return client.post(f"/api/v1/{path}/", body, content_type="application/json").status_code

    return {
        "intake": lambda text: shows(client.post("/intake/", intake({}, card=text, step="card"))),
        "gate": lambda text: "already been given out" in client.post(
            "/intake/gate/", {"id": uuid.uuid4(), "card": text, "F_3": 1, "going": "shelter"}
        ).content.decode(),
        "scan": lambda text: shows(client.post("/aid/scan/card/", {"number": text}, follow=True)),
        "families": lambda text: shows(client.get("/families/", {"search": text}, follow=True)),
        "shelter board": lambda text: "No family" not in client.get("/shelter/", {"family": text}).content.decode(),
        "duplicates": lambda text: "Type two different numbers" in client.get(
            "/duplicates/", {"one": text, "other": number}
        ).content.decode(),
        "handouts of a round": lambda text: client.get(
            f"/aid/distributions/{round_one.pk}/", {"number": text}
        ).status_code == 200,
        "api households search": lambda text: bool(api(f"households/?search={quote(text)}")),
        "api households number": lambda text: bool(api(f"households/?number={quote(text)}")),
        "api individuals search": lambda text: bool(api(f"individuals/?search={quote(text)}")),
        "api individuals number": lambda text: bool(api(f"individuals/?number={quote(text)}")),
        "api intakes": lambda text: post("intakes", api_intake(card=text)) in (403, 409),
        "api handouts": lambda text: post("handouts", act | {"number": text}) in (201, 409),
    }  # fmt: skip


@pytest.mark.parametrize("keyboard", EACH_KIND)
def test_every_door_reads_a_card_and_a_number_on_any_keyboard(keyboard, goris, carried, round_one):  # noqa: F811
    card, family = carried
    client = Client()
    client.force_login(make_user(username="everywhere"))
    for name, leads in doors(client, round_one, family).items():
        assert leads(typed_on(keyboard, write_qr(card))), name
        typed = typed_on(keyboard, write_number(family.number))
        assert leads(typed) or reads_two_ways(typed), (name, typed)


def reads_two_ways(typed):
    """Whether the number is one of the few that fit under two layouts: every door asks for it again."""
    try:
        read_number(typed)
    except ValidationError as error:
        return error.code == "two_ways"
    return False


@pytest.mark.parametrize("keyboard", EACH_KIND)
def test_every_address_with_a_number_reads_its_letter(keyboard, goris, carried):  # noqa: F811
    _card, family = carried
    client = Client()
    client.force_login(make_user(username="everywhere"))
    typed = typed_on((keyboard[0], DIGIT_KEYS), str(family).replace(" ", ""))
    for path in ("families/{}/", "cards/family/{}/", "aid/family/{}/", "shelter/family/{}/", "families/{}/depart/"):
        assert client.get("/" + path.format(quote(typed))).status_code == 200, path


def test_no_door_reads_a_number_by_itself():
    """One reader for all: whoever calls another forgets the keyboards."""
    readers = {"registrations/numbers.py", "registrations/card_texts.py", "registrations/addresses.py"}
    apps = ("aid", "casework", "census", "centre", "desk", "registrations", "shelter")
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for app in apps
        for path in Path(settings.BASE_DIR, app).rglob("*.py")
        if re.search(r"\bread_number\(", path.read_text())
    }
    assert found == readers
