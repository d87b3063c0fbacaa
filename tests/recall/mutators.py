"""What a hurried hand does to a name: every word that is one error away, a few for each place."""

from collections.abc import Iterator
from random import Random
from typing import TypeVar

T = TypeVar("T")

ALPHABETS = {
    "hy": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցուփքօֆ",
    "ru": "абвгдежзийклмнопрстуфхцчшэюя",
    "la": "abcdefghijklmnopqrstuvwxyz",
}


def some(words: list[T], rng: Random, places: int) -> list[T]:
    """So many of the words, drawn by chance; all of them for none."""
    return rng.sample(words, places) if 0 < places < len(words) else words


def missing(word: str, _letters: str, _rng: Random) -> Iterator[str]:
    """One letter left out, at each place."""
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def doubled(word: str, _letters: str, _rng: Random) -> Iterator[str]:
    """One letter twice, at each place."""
    return (word[:i] + word[i].lower() + word[i:] if i else word[0] + word.lower() for i in range(len(word)))


def exchanged(word: str, _letters: str, _rng: Random) -> Iterator[str]:
    """Two neighbours exchanged, at each place."""
    turned = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
    return (one for one in turned if one.casefold() != word.casefold())


def wrong(word: str, letters: str, rng: Random) -> Iterator[str]:
    """Another letter of the alphabet instead of one, at each place."""
    for i, letter in enumerate(word):
        yield word[:i] + rng.choice([other for other in letters if other != letter.lower()]) + word[i + 1 :]


ERRORS = {"one letter missing": missing, "one doubled": doubled, "two exchanged": exchanged, "one wrong": wrong}
