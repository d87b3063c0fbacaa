"""One name in other languages, and its short forms, are near; other names are not."""

import pytest

from registrations.names import fold
from registrations.other_names import called_otherwise, likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Հովհաննես", "Иван"),
        ("Հովսեփ", "Joseph"),
        ("Հովսեփ", "Осип"),
        ("Հակոբ", "Яков"),
        ("Գևորգ", "George"),
        ("Պողոս", "Павел"),
        ("Եղիսաբեթ", "Елизавета"),
        ("Միքայել", "Михаил"),
        ("Սահակ", "Исаак"),
        ("Մովսես", "Моисей"),
        ("Գրիգոր", "Գրիշա"),
        ("Հովհաննես", "Վանո"),
        ("Ղազարոս", "Лазарь"),
        ("Քրիստափոր", "Христофор"),
        ("Христофор", "Christapor"),
    ],
)
def test_a_name_is_called_otherwise_in_both_directions(one, other):
    assert fold(other) in called_otherwise(fold(one))
    assert fold(one) in called_otherwise(fold(other))
    assert likeness(fold(one), fold(other)) >= 0.9


def test_a_name_with_an_error_is_called_otherwise_too_and_counts_for_more():
    right, amiss = called_otherwise(fold("Иосиф")), called_otherwise(fold("Иоиф"))
    assert amiss[fold("Հովսեփ")] == right[fold("Հովսեփ")] + 1


def test_another_name_is_none_of_them():
    assert fold("Լևոն") not in called_otherwise(fold("Վանո"))
    assert called_otherwise(fold("Զարուհի")) == {}
    assert likeness(fold("Վանո"), fold("Լևոն")) < 0.8
    assert likeness("aram", "aram") == 1.0
    assert likeness("", "aram") == 0.0
