"""Which known names one word may be: the distinct names within two errors of it, by keys that an index answers.

A name's keys are what is left of it when none, one or two of its letters are left out. Two words with a key in common
are at most a few errors apart, whichever letter is wrong, the first too (the way of SymSpell). How many errors, is
counted here, twice: by the letters, where an error is an error, and by the fold, which knows other spellings.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import combinations
from zlib import crc32

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from registrations.models import Name
from registrations.names import likeness

SHORT = 3  # letters; of a word that short one may be amiss, of a longer one two
WITH_KEY = "SELECT kind, folded, spelt FROM registrations_names_with_key(%s)"
COMPARED = 10  # letters of a word that keys are made of
MOST_NEAR = 40  # names tried for one word
WORDS_APART = 1e-3


def keys_of(folded: str, letters: str) -> list[int]:
    """The keys by which a name is found: of the whole, and of each of its words."""
    forms = {form for text in (_unmarked(folded), letters) for form in (text, *text.split())}
    return sorted({crc32(key.encode()) - 2**31 for form in forms for key in _deletions(form)})


@lru_cache(maxsize=2**12)
def _deletions(word: str) -> frozenset[str]:
    word = word[:COMPARED]
    most = _errors(word)
    return frozenset(
        "".join(kept) for left_out in range(most + 1) for kept in combinations(word, max(len(word) - left_out, 1))
    )


def _errors(word: str) -> int:
    return 1 if len(word) <= SHORT else 2


def _unmarked(folded: str) -> str:
    """The fold letter by letter, its ending too, so that an error in it is one error."""
    folded = folded.replace("sh", "š").replace("zh", "ž")
    return " ".join(word[:-1] + "ian" if len(word) > 2 and word.endswith("y") else word for word in folded.split())


class NearNames:
    """The known names that asked words may be, and how many errors lie between."""

    def __init__(self, errors: Mapping[tuple[str, str], Mapping[str, float]]) -> None:
        self.errors = errors
        self.likeness = cache(self._likeness)

    def within(self, word: str, kind: str, most: int) -> list[str]:
        """The names of this kind that are the word, or a part of which is, with at most this many errors."""
        return [folded for folded, errors in self.errors[word, kind].items() if errors < most + 0.5]

    def rank(self, word: str, kind: str, folded: str) -> float:
        """How well the word names whoever has this name, 0 to 1: by its errors; beyond them, by likeness, and less."""
        errors = self.errors.get((word, kind), {}).get(folded)
        alike = max((likeness(word, part) for part in (folded, *folded.split()) if part), default=0.0)
        return 0.7 * alike if errors is None else 0.95 * (1 - errors / (len(word) + 1)) + 0.05 * alike

    def _likeness(self, word: str, kind: str, folded: str) -> float:
        """How alike the asked and the known name are, as names.likeness counts; one error anywhere agrees."""
        errors = self.errors.get((word, kind), {}).get(folded)
        alike = likeness(word, folded)
        return alike if errors is None else max(alike, 1 - 0.06 * errors)


def near_names(asked: Mapping[str, str]) -> NearNames:
    """For each folded word, spelt so, the names of either kind that it may be; the word itself always is one."""
    keys = sorted({key for folded, letters in asked.items() for key in keys_of(folded, letters)})
    with connection.cursor() as cursor:
        cursor.execute(WITH_KEY, [keys])
        known = cursor.fetchall()
    return NearNames(
        {
            (word, kind): {word: 0.0} | _nearest(word, letters, [row[1:] for row in known if row[0] == kind])
            for word, letters in asked.items()
            for kind in Name.Kind.values
        }
    )


def _nearest(word: str, letters: str, known: Iterable[tuple[str, str]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for folded, errors in _with_errors(word, letters, list(known)):
        found[folded] = min(errors, found.get(folded, errors))
    return dict(sorted(found.items(), key=lambda one: one[1])[:MOST_NEAR])


def _with_errors(word: str, letters: str, known: list[tuple[str, str]]) -> Iterable[tuple[str, float]]:
    """Each known name that is near, by its fold and by its letters, whole and word by word."""
    for form, of in ((_unmarked(word), lambda row: _unmarked(row[0])), (letters, lambda row: row[1])):
        places: dict[str, list[str]] = {}
        for row in known:
            whole = of(row)
            places.setdefault(whole, []).append(row[0])
            if " " in whole and " " not in form:
                for part in whole.split():
                    places.setdefault(part, []).append(row[0])
        for near, errors, _place in process.extract(
            form, list(places), scorer=OSA.distance, score_cutoff=2, limit=None
        ):
            for folded in places[near] if errors <= max(_errors(form), _errors(near)) else ():
                yield folded, errors + (WORDS_APART if " " in folded and " " not in form else 0.0)
