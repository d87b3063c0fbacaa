"""What stands on a card is read back, and what is misread, mistyped or foreign is said so."""

import uuid
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from registrations.card_texts import LENGTH, CardText, digest_of_code, read_card_text, secrets_of, write_code, write_qr
from registrations.numbers import check_letter, read_number, write_number

CARD = secrets_of(uuid.UUID(int=7), 4127, "GORI")
NUMBERS = st.integers(1, 10**12 - 1)
OPERATIONS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=4)


@given(NUMBERS, OPERATIONS, st.uuids())
def test_a_scanned_card_reads_as_it_was_written(number, operation, act):
    card = secrets_of(act, number, operation)
    scanned = write_qr(card)
    assert len(scanned) == LENGTH
    assert scanned.isdigit()
    assert read_card_text(scanned) == CardText(number, operation, card.secret)


@given(NUMBERS, st.uuids(), st.sampled_from(["{n} {c}", "{n}{c}", " {n}-{c} ", "{n}, {c}", "{N} {c}"]))
def test_a_typed_code_reads_however_it_is_spaced(number, act, shape):
    card = secrets_of(act, number, "GORI")
    typed = shape.format(n=write_number(number), N=write_number(number).lower(), c=write_code(card.code))
    assert read_card_text(typed) == CardText(number, code=card.code)


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202a", "\u202e", "\u2060", "\ufeff", "\xad"])
def test_marks_that_nobody_sees_come_with_what_is_copied_from_a_message(mark):
    number = write_number(4127)
    assert read_number(f"{mark}{number}{mark}") == 4127
    assert read_card_text(f"{mark}{number} {mark}{write_code(CARD.code)}") == CardText(4127, code=CARD.code)
    assert read_card_text(f"{mark}{write_qr(CARD)}{mark}") == CardText(4127, "GORI", CARD.secret)


@given(st.integers(0, LENGTH - 1), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(place, step):
    scanned = write_qr(CARD)
    wrong = scanned[:place] + str((int(scanned[place]) + step) % 10) + scanned[place + 1 :]
    with pytest.raises(ValidationError):
        read_card_text(wrong)


@given(st.integers(0, LENGTH - 2))
def test_any_two_neighbours_swapped_are_noticed(place):
    scanned = write_qr(CARD)
    swapped = scanned[:place] + scanned[place + 1] + scanned[place] + scanned[place + 2 :]
    if swapped != scanned:
        with pytest.raises(ValidationError):
            read_card_text(swapped)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://example.org/a?b=1", "no_card"),
        ("9" * LENGTH, "no_card"),
        ("1" * 30, "no_card"),
        ("BEGIN:VCARD<x>", "no_card"),
        pytest.param(write_qr(CARD)[:-1], "no_card", id="cut short"),
        (f"{write_number(4127)} 12345678", "no_code"),
        (f"{write_number(4127)} 1234567890", "no_code"),
        ("4127", "no_letter"),
        ("", "no_number"),
        (f"4127 {'A' if check_letter(4127) != 'A' else 'B'} 123456789", "wrong_letter"),
    ],
)
def test_what_is_no_card_is_said(text, code):
    with pytest.raises(ValidationError) as raised:
        read_card_text(text)
    assert raised.value.code == code


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text):
    with suppress(ValidationError):
        assert read_card_text(text).number >= 0


def test_secrets_differ_by_act_and_number_and_stay_the_same():
    again, other_act, other_number = (
        secrets_of(uuid.UUID(int=act), number, "GORI") for act, number in ((7, 4127), (8, 4127), (7, 4128))
    )
    assert again == CARD
    assert len({CARD.secret, other_act.secret, other_number.secret}) == 3
    assert len({CARD.code, other_act.code, other_number.code}) == 3


def test_secrets_need_the_key_of_the_installation(settings):
    settings.SECRET_KEY = "another " * 8
    assert secrets_of(uuid.UUID(int=7), 4127, "GORI").secret != CARD.secret


def test_one_code_has_another_digest_under_another_number():
    assert digest_of_code(CardText(1, code="123456789")) != digest_of_code(CardText(2, code="123456789"))
