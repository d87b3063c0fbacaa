"""Telephones as people dictate them: several in a line, with the stops and hyphens of any keyboard."""

import pytest
from django.core.exceptions import ValidationError

from registrations.phones import read_phones

HERS, HIS = "+37491123456", "+37493112233"


@pytest.mark.parametrize(
    "typed",
    [
        "091123456, 093112233", "091123456;093112233", "091123456 / 093112233", "091123456\n093112233",
        "091 12 34 56 093 11 22 33", "091123456 և 093112233", "091123456 и 093112233", "091123456 and 093112233",
        "091/123456, 093/112233", "(091) 12-34-56 (093) 11-22-33", "+37491123456+37493112233",
        "091123456 կամ 093112233",
        "091․12․34․56՝ 093․11․22․33", "٠٩١١٢٣٤٥٦ ０９３１１２２３３",
    ],
)  # fmt: skip
def test_phones_several_in_one_line(typed):
    assert read_phones(typed) == [HERS, HIS]


@pytest.mark.parametrize(
    "typed", ["091․12․34․56", "091֊12֊34֊56", "091։12։34։56", "00374 91 123456", "091123456,", "091123456/"]
)
def test_phones_one_with_the_marks_of_a_keyboard(typed):
    assert read_phones(typed) == [HERS]


@pytest.mark.parametrize(
    "typed",
    [
        "091123456, 09", "091123456 ext. 5", "091123456 доб. 12", "091123456 mother", "091123456 5", "12", "mother",
        "091123456 #2", "091123456 093112", "0" * 90,
    ],
)  # fmt: skip
def test_phones_with_something_left_over(typed):
    with pytest.raises(ValidationError) as refused:
        read_phones(typed)
    assert refused.value.code == "no_phone"


def test_phones_said_twice_is_one():
    assert read_phones("091123456, +374 91 12 34 56") == [HERS]
