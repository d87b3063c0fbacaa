"""Which known names one word may be: the distinct names within two errors of it, by keys that an index answers.

A name's keys are what is left of it when none, one or two of its letters are left out. Two words with a key in common
are at most a few errors apart, whichever letter is wrong, the first too (the way of SymSpell). How many errors, is
counted here, twice: by the letters, where an error is an error, and by the fold, which knows other spellings.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from zlib import crc32

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from registrations.deletions import deletions
from registrations.models import Individual, Name
from registrations.names import fold, plain_words, scripts, spelt
from registrations.other_names import called_otherwise, likeness

SHORT = 3  # letters; of a word that short one may be amiss, of a longer one two
WITH_KEY = "SELECT kind, folded, spelt FROM registrations_names_with_key(%s)"
COMPARED = 10  # letters of a word that keys are made of
MOST_NEAR = 40  # names tried for one word
WORDS_APART = 1e-3
AS_ARMENIAN = 3  # the last of the codings
OTHER_ENDING = 1.4  # errors that -ov for -yan counts for
IN_ITS_SCRIPT = 0.5  # errors that a name written otherwise in the same script counts for where it sounds the same

_DOUBLED = re.compile(r"(.)\1+")
_RUSSIAN_ENDING = re.compile(r"(?<=...)[eo]va?\b")


@lru_cache(maxsize=2**16)
def _codings(folded: str, letters: str) -> tuple[str, str, str, str]:
    """A name letter by letter: by its fold; as it is spelt; so, with ya as two letters; with -yan for -ov."""
    by_fold = _unmarked(folded)
    apart = letters.replace("я", "ia").replace("ю", "iu").replace("c", "ts")
    return by_fold, letters, apart, _RUSSIAN_ENDING.sub("ian", by_fold)


def keys_of(folded: str, letters: str) -> list[int]:
    """The keys by which a name is found: of the whole, and of each of its words."""
    by_fold, by_sign, _apart, as_armenian = _codings(folded, letters)
    forms = {form[:COMPARED] for text in (by_fold, by_sign, as_armenian) for form in (text, *text.split())}
    return sorted({_key(key) for form in forms for key in deletions(form, _errors(form))})


def keys_meant(name: str) -> list[int]:
    """The keys by which a name as it is written meets those of everybody whom it may mean, short forms included."""
    folded = fold(name)
    others = {other for part in (folded, *folded.split()) for other in called_otherwise(part)}
    meant = {_key(_unmarked(other)[:COMPARED]) for other in others}
    return sorted(meant.union(keys_of(folded, spelt(name)) if folded else ()))


def _key(form: str) -> int:
    return crc32(form.encode()) - 2**31


def _errors(word: str) -> int:
    return 1 if len(word) <= SHORT else 2


def _unmarked(folded: str) -> str:
    """The fold letter by letter, its ending too, so that an error in it is one error."""
    folded = folded.replace("sh", "š").replace("zh", "ž")
    return " ".join(word[:-1] + "ian" if len(word) > 2 and word.endswith("y") else word for word in folded.split())


KnownName = tuple[str, str, str]
"""The kind of a name, its fold, and how it is spelt."""


def names_of(individual: Individual) -> list[KnownName]:
    """The names of a person that are known, by kind."""
    names = (
        (Name.Kind.GIVEN.value, individual.given_fold, individual.given_name),
        (Name.Kind.FAMILY.value, individual.family_fold, individual.family_name),
    )
    return [(kind, folded, spelt(written)) for kind, folded, written in names if folded]


class NearNames:
    """The known names that asked words may be, and how many errors lie between."""

    def __init__(self, asked: Mapping[str, str], errors: Mapping[tuple[str, str], Mapping[str, float]]) -> None:
        self.asked = asked
        self.errors = errors
        self.likeness, self.rank = cache(self._likeness), cache(self._rank)

    def within(self, word: str, kind: str, most: int) -> list[str]:
        """The names of this kind that are the word, or a part of which is, with at most this many errors."""
        return [folded for folded, errors in self.errors[word, kind].items() if errors < most + 0.5]

    def _rank(self, word: str, kind: str, folded: str, written: str) -> float:
        """How well the word names whoever has this name, 0 to 1: by its errors; beyond them, by likeness, and less."""
        errors = self.errors.get((word, kind), {}).get(folded)
        alike = max((likeness(word, part) for part in (folded, *folded.split()) if part), default=0.0)
        if errors is None:
            return 0.7 * alike
        in_its_script = _in_one_script(self.asked[word], written)
        if in_its_script is not None:
            errors = min(in_its_script, errors + IN_ITS_SCRIPT)
        return 0.95 * (1 - errors / (len(word) + 1)) + 0.05 * alike

    def _likeness(self, word: str, kind: str, folded: str) -> float:
        """How alike the asked and the known name are, as names.likeness counts; one error anywhere agrees."""
        errors = self.errors.get((word, kind), {}).get(folded)
        alike = likeness(word, folded)
        return alike if errors is None else max(alike, 1 - 0.06 * errors)


@lru_cache(maxsize=2**14)
def _in_one_script(asked: str, written: str) -> int | None:
    """The errors between a word and the nearest part of a name, letter by letter; None if their scripts differ."""
    plain = plain_words(written)
    if scripts(asked) != scripts(plain):
        return None
    asked, plain = _DOUBLED.sub(r"\1", asked), _DOUBLED.sub(r"\1", plain)
    return min(OSA.distance(asked, part) for part in (plain, *plain.split()))


def near_names(asked: Mapping[str, str]) -> NearNames:
    """For each folded word, written so, the names of either kind that it may be; the word itself always is one."""
    keys = sorted({key for folded, written in asked.items() for key in keys_of(folded, spelt(written))})
    with connection.cursor() as cursor:
        cursor.execute(WITH_KEY, [keys])
        return near_among(asked, cursor.fetchall())


def near_among(asked: Mapping[str, str], names: Iterable[KnownName]) -> NearNames:
    """The same among these names alone."""
    letters = {folded: spelt(written) for folded, written in asked.items()}
    rows = set(names)
    known = {kind: _Known([row[1:] for row in rows if row[0] == kind]) for kind in Name.Kind.values}
    return NearNames(
        asked,
        {
            (word, kind): _nearest(word, spelling, known[kind])
            for word, spelling in letters.items()
            for kind in Name.Kind.values
        },
    )


Places = dict[str, list[str]]
"""How names are written in one coding → the folds of those names."""


class _Known:
    """Known names of one kind, looked up by how they are written; each coding is written out once for all words."""

    def __init__(self, rows: list[tuple[str, str]]) -> None:
        self.rows = rows
        self.places = cache(self._places)

    def _places(self, coding: int, *, parted: bool, other_endings: bool) -> Places:
        """The names in this coding; also the parts of double ones; or only those that it writes otherwise."""
        places: Places = {}
        for row in self.rows:
            codings = _codings(*row)
            whole = codings[coding]
            if other_endings and whole == codings[0]:
                continue
            for part in (whole, *whole.split()) if parted and " " in whole else (whole,):
                places.setdefault(part, []).append(row[0])
        return places


def _nearest(word: str, letters: str, known: _Known) -> dict[str, float]:
    found = {word: 0.0} | called_otherwise(word)
    for folded, errors in _with_errors(word, letters, known):
        found[folded] = min(errors, found.get(folded, errors))
    return dict(sorted(found.items(), key=lambda one: one[1])[:MOST_NEAR])


def _with_errors(word: str, letters: str, known: _Known) -> Iterable[tuple[str, float]]:
    """Each known name that is near, in one coding or another, whole and word by word."""
    codings = _codings(word, letters)
    for coding, form in enumerate(codings):
        as_armenian = coding == AS_ARMENIAN
        parted = " " not in form
        places = known.places(coding, parted=parted, other_endings=as_armenian and form == codings[0])
        besides, most = OTHER_ENDING if as_armenian else 0.0, _errors(form)
        for near, errors, _place in process.extract(
            form, places.keys(), scorer=OSA.distance, score_cutoff=2, limit=None
        ):
            if errors <= max(most, _errors(near)):
                for folded in places[near]:
                    yield folded, errors + besides + (WORDS_APART if parted and " " in folded else 0.0)
