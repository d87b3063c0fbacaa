"""The words and signs that desks write when a name is not known."""

import re

from registrations.names import plain_words

# As plain_words brings them; in Latin letters too, where the desk has no other keyboard.
_WORDS = frozenset(
    word
    for line in (
        "անհայտ, անյայտ, անհայտ է, հայտնի չէ, հայտնի չի, անծանոթ, չգիտեմ, չգիտի, չգիտեն, չգիտենք, չգիտե, չեմ հիշում",
        "չի հիշում, չեն հիշում, չի իմանում, չկա, տվյալ չկա, տվյալներ չկան, նշված չէ, չի նշված, անուն չկա, անանուն",
        "неизвестно, неизвестен, неизвестна, неизвестны, неизвестный, неизвестная, неизвестное, неизв, не известно",
        "не известен, не известна, не знаю, незнаю, не знает, не знают, не знаем, не помню, не помнит, нет, нет данных",
        "нет сведений, данных нет, не указано, не указан, не указана, без имени, нет имени, безымянный, безымянная",
        "unknown, unknwon, not known, unk, none, no name, noname, dont know, do not know, does not know, doesnt know",
        "not given, not stated, no data, nobody knows, not available",
        "anhayt, anhait, chgitem, chgiti, neizvestno, neizvestny, neizvestnyy, neizvestnaya, ne znayu, net dannykh",
    )
    for word in line.split(", ")
)
_SIGNS = re.compile(
    r"[\s?՞؟？.…,_*/\\|~()\[\]\-\u2010-\u2015\u2212\u058a]*|[xх×\s]+|n\.?[/\\]a\.?|n\.a\.|н\.?[/\\]д\.?|н\.д\."
)
# May be around such a word, and is no part of a name.
_OF_A_NAME = re.compile(
    r"\b(?:է|is|(?:անուն|ազգանուն|հայրանուն)[ըն]?|имя|фамилия|отчество"
    r"|name|surname|first|last|family|given|fathers?|patronymic)\b"
)


def is_unknown(name: str) -> bool:
    """Whether this is written when a name is not known: unknown, Անհայտ է, н/д, —, xxx; never a person's name."""
    if _SIGNS.fullmatch(name.strip().lower()):
        return bool(name.strip())
    words = plain_words(name).replace("ё", "е")
    return words in _WORDS or " ".join(_OF_A_NAME.sub(" ", words).split()) in _WORDS
