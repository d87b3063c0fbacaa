"""Words that stand where nobody knows a name, and names that only look like them."""

import pytest

from registrations.unknown import is_unknown


@pytest.mark.parametrize(
    "word",
    [
        "Անհայտ", "անհայտ", "ԱՆՀԱՅՏ", "անհայտ է", "Անհայտ։", "(անհայտ)", "Անhայտ", "չգիտեմ", "Չգիտի", "անունը անհայտ է",
        "Неизвестно", "НЕИЗВЕСТНО", "неизвестный", "Неизвестная", "не знаю", "н/д", "Н/Д", "н.д.", "нет данных",
        "имя неизвестно", "Unknown", "UNKNOWN", "not known", "N/A", "n.a.", "None", "don't know", "name unknown",
        "—", "–", "-", "--", "…", "...", "???", "՞", "x", "X", "xxx", "ХХХ", "_", "*", "? ?", "Ｕｎｋｎｏｗｎ",
    ],
)  # fmt: skip
def test_unknown_is_no_name(word):
    assert is_unknown(word)


@pytest.mark.parametrize(
    "name",
    [
        "", "Անահիտ", "Անի", "Հայտյան", "Անհայտյան", "Չգիտյան", "Է", "Նունե", "Нона", "Неля", "Незнамов", "Нетреба",
        "Хорен", "Ксения", "Na", "Nona", "Noné", "Null", "Nil", "Xenia", "N. A.", "Xu", "Անուն", "Имя",
        "unknown male", "неизвестный мужчина", "!!!", "12",
    ],
)  # fmt: skip
def test_a_name_is_not_taken_for_unknown(name):
    assert not is_unknown(name)
