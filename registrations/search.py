"""The search for a person, by what is on a list or what a caller says: names in three scripts, an initial, a number.

It asks the distinct names for what is near, where cost saturates, then fetches persons by equality of the folds and
ranks them here. Nothing ever scans the people.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import permutations
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q

from centre.access import Permission
from centre.limits import SEARCHES, bound
from centre.models import User
from registrations.card_texts import read_card_text
from registrations.digits import in_plain_digits
from registrations.models import FormerName, Household, Individual, Membership, Name
from registrations.names import fold, fold_fathers_name, initials, words
from registrations.near_names import NearNames, near_names
from registrations.other_names import likeness
from registrations.phones import read_phone
from registrations.today import today

ENOUGH = 50  # found as written, nobody misspelt is looked for
CANDIDATES = 200  # people whom the sites are asked about one by one
MOST_FOUND = 1000  # people ranked at most
FAMILY = 5  # how often one person comes, once for each member of the family who is a reason to see it
MOST_WORDS = 4
LEAST_DIGITS = 5  # of a telephone's or document's number; fewer are no question

_COLUMNS = (
    *("pk", "given_name", "family_name", "given_fold", "family_fold", "fathers_fold", "registered_at"),
    *("memberships__counted_as", "memberships__left_at"),
)

GIVEN, FAMILY_NAME = Name.Kind.GIVEN.value, Name.Kind.FAMILY.value


class _Named(NamedTuple):
    """The part of a person that is needed to rank them."""

    pk: uuid.UUID
    given_name: str
    family_name: str
    given_fold: str
    family_fold: str
    fathers_fold: str
    registered_at: datetime | None
    counted_as: uuid.UUID | None
    left_at: datetime | None
    earlier: str = ""  # the name that was found, where they are called otherwise today


_Found = dict[uuid.UUID | int, _Named]  # by the person, or by the earlier name


class Ranked(Sequence[Any]):
    """The rows found, the likeliest first, read from the database a slice at a time; `cut` when there are more.

    `earlier` has the name by which a person was found who is called otherwise today.
    """

    def __init__(
        self,
        queryset: Any,
        keys: Sequence[uuid.UUID],
        *,
        cut: bool = False,
        earlier: Mapping[uuid.UUID, str] | None = None,
    ) -> None:
        self.queryset, self.keys, self.cut, self.earlier = queryset, keys, cut, earlier or {}

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Any]:
        return iter(self[:])

    def __getitem__(self, place: Any) -> Any:
        if not isinstance(place, slice):
            return self[place : place + 1][0]
        rows = self.queryset.in_bulk(self.keys[place])
        return [rows[key] for key in self.keys[place] if key in rows]


def search_individuals(queryset: Any, query: str, *, by: User) -> Ranked:
    """The people of the queryset whom these words name, the likeliest first; at most a thousand.

    Words stand in any order, with or without the father's name, misspelt, in Armenian, Russian or Latin letters; one
    of two may be an initial, and one half of a double name is enough. A household's number with the right letter
    finds its members; a telephone or a document's number, in full, whose it is. What somebody was called before a
    correction finds them too. A person of two records stands once.
    The queryset is one that shows `by` nothing more than visible_to.
    """
    bound(by, SEARCHES)
    number = _number(query)
    if number is not None:
        rows = queryset.filter(today("memberships"), memberships__household__number=number)
        members = list(rows.order_by("memberships__position").values_list("pk", flat=True))
        if members or any(letter.isdigit() for letter in query):  # else the letters of a name may look like digit keys
            return Ranked(queryset, members)
    exactly = _by_exact_number(query, by)
    if exactly:
        return Ranked(queryset, list(_each_once(_rows(queryset.filter(pk__in=exactly)))))
    asked = _asked(query)
    if not asked:
        return Ranked(queryset, [])
    if len(asked) > 1:
        return _named_by_words(queryset, by, asked)
    (word,), near, letters = asked, near_names(asked), initials(query)
    named = _whom_they_may_see(queryset, by, _by_one_word(word, near, letters, 0))
    if len(named) < ENOUGH:
        named |= _whom_they_may_see(queryset, by, _by_one_word(word, near, letters, 2))
    return _ranked(queryset, named, asked, near)


def _named_by_words(queryset: Any, by: User, asked: dict[str, str]) -> Ranked:
    """The people whom two words or more name, with at most two errors; if there are none, those with all in one."""
    near = near_names(asked if len(asked) == 2 else asked | _joined(asked))  # two words have no third to stand beside
    whole = " ".join(asked)
    one_name = Q(family_fold=whole) | Q(given_fold=whole)
    named = _whom_they_may_see(queryset, by, _by_two_words(list(asked), near, (1, 1), (0, 2), (2, 0)) | one_name)
    if len(named) >= MOST_FOUND:  # those whose name it is are not to be among those left out
        named |= _whom_they_may_see(queryset, by, _by_two_words(list(asked), near, (0, 0)) | one_name)
    if not named:
        near = near_names(asked | _joined(asked))
        named = _whom_they_may_see(queryset, by, _by_one_name(list(asked), near))
    return _ranked(queryset, named, asked, near)


def _ranked(queryset: Any, named: _Found, asked: dict[str, str], near: NearNames) -> Ranked:
    found = _each_once(_in_order(named.values(), list(asked), near))
    earlier = {key: name for key, name in found.items() if name}
    return Ranked(queryset, list(found), cut=len(named) >= MOST_FOUND, earlier=earlier)


def search_households(queryset: Any, people: Any, query: str, *, by: User) -> tuple[Ranked, dict[uuid.UUID, uuid.UUID]]:
    """The households of the queryset in which somebody of these people is found; and who was found first in each."""
    found = search_individuals(people, query, by=by)
    rows = Membership.objects.today().filter(individual__in=found.keys)
    household_of = dict(rows.values_list("individual", "household"))
    first = {household_of[person]: person for person in reversed(found.keys)}
    order = list(dict.fromkeys(household_of[person] for person in found.keys))
    shown = set(queryset.filter(pk__in=order).order_by().values_list("pk", flat=True))
    return Ranked(queryset, [key for key in order if key in shown], cut=found.cut, earlier=found.earlier), first


def _number(query: str) -> int | None:
    try:
        return read_card_text(query).number
    except ValidationError:
        return None


def _by_exact_number(query: str, by: User) -> list[uuid.UUID]:
    """Those whose telephone, or whose document where one may see it, has the whole number; never a part of it."""
    if sum(letter.isdigit() for letter in query) < LEAST_DIGITS:
        return []
    asked = Q()
    plain = in_plain_digits(query).split()
    for number in {" ".join(plain), "".join(plain)}:
        asked |= Q(documents__contains=[{"number": number}]) | Q(documents__contains=[{"number": number.upper()}])
    named = [Individual.objects.filter(asked).visible_to(by, permission=Permission.SEE_DOCUMENTS)]
    phone = read_phone(query)
    if phone:
        named.append(
            Individual.objects.filter(memberships__household__in=Household.objects.filter(phones__contains=[phone]))
        )
    return list(dict.fromkeys(key for rows in named for key in rows.order_by().values_list("pk", flat=True)[:ENOUGH]))


def _asked(query: str) -> dict[str, str]:
    """The words that are more than an initial, folded, and how each is written."""
    letters = {fold(letter) for letter in initials(query)}
    return dict([(word, written) for word, written in words(query).items() if word not in letters][:MOST_WORDS])


def _joined(asked: Mapping[str, str]) -> dict[str, str]:
    """Two neighbouring words as one name, as in Anna-Maria; and all of them."""
    folds, spellings = list(asked), list(asked.values())
    spans = {(i, i + 2) for i in range(len(folds) - 1)} | {(0, len(folds))}
    return {" ".join(folds[a:b]): " ".join(spellings[a:b]) for a, b in sorted(spans)}


def _by_one_word(word: str, near: NearNames, letters: Sequence[str], most: int) -> Q:
    by_family = Q(family_fold__in=near.within(word, FAMILY_NAME, most))
    by_given = Q(given_fold__in=near.within(word, GIVEN, most))
    for letter in letters[:1]:
        by_family, by_given = by_family & _begins("given", letter), by_given & _begins("family", letter)
    return by_family | by_given


def _begins(part: str, letter: str) -> Q:
    """A name, or a word of it, that begins with the initial: as it is written, or as it folds."""
    folded = fold(letter)
    return (
        Q(**{f"{part}_name__istartswith": letter})
        | Q(**{f"{part}_fold__startswith": folded})
        | Q(**{f"{part}_fold__contains": f" {folded}"})
    )


def _by_two_words(asked: Sequence[str], near: NearNames, *errors: tuple[int, int]) -> Q:
    """People whose family and given name are two of the words, with at most so many errors in the one and other."""
    neighbours = [" ".join(asked[i : i + 2]) for i in range(len(asked) - 1)]
    joined = [(two, one) for two in neighbours for one in asked if one not in two.split()]
    pairs = {
        (tuple(near.within(one, FAMILY_NAME, in_family)), tuple(near.within(other, GIVEN, in_given)))
        for one, other in (*permutations(asked, 2), *joined, *((other, one) for one, other in joined))
        for in_family, in_given in errors
    }
    return Q(*(Q(family_fold__in=families, given_fold__in=given) for families, given in pairs), _connector=Q.OR)


def _by_one_name(asked: Sequence[str], near: NearNames) -> Q:
    """People one of whose names all the words are; or whose given name and father's name two of them are."""
    whole = " ".join(asked)
    named = Q()
    for kind in Name.Kind.values:
        alike = [name for name in near.within(whole, kind, 2) if len(name.split()) == len(asked)]
        named |= Q(**{f"{kind}_fold__in": alike})
    for word, other in permutations(asked, 2):
        named |= Q(given_fold__in=near.within(word, GIVEN, 2), fathers_fold=fold_fathers_name(other))
    return named


def _whom_they_may_see(queryset: Any, by: User, named: Q) -> _Found:
    earlier = _called_so_before(queryset, named)
    people = Individual.objects.filter(named).order_by()
    reasons = people.by_reason_to_see(by)
    if len(reasons) > 1:
        keys = list(people.values_list("pk", flat=True)[: CANDIDATES + 1])
        if len(keys) > CANDIDATES:  # PostgreSQL may begin with the site; with a few, it begins with them
            seen = [rows.values_list("pk", flat=True)[: MOST_FOUND * FAMILY] for rows in reasons]
            keys = list(seen[0].union(*seen[1:])[:MOST_FOUND])
        named = Q(pk__in=keys)
    return {one.pk: one for one in _rows(queryset.filter(named))} | earlier


def _called_so_before(queryset: Any, named: Q) -> _Found:
    """Those whom an earlier name of theirs names, under that name."""
    names = list(FormerName.objects.filter(named).order_by("pk")[:CANDIDATES])
    people = _rows(queryset.filter(pk__in={name.individual_id for name in names})) if names else []
    by_key = {one.pk: one for one in people}
    return {name.pk: _as(by_key[name.individual_id], name) for name in names if name.individual_id in by_key}


def _as(one: _Named, name: FormerName) -> _Named:
    parts = {part: getattr(name, part) for part in ("given_name", "family_name", "given_fold", "family_fold")}
    same = all(getattr(one, part) == parts[part] for part in ("given_name", "family_name"))
    return one._replace(**parts, fathers_fold=name.fathers_fold, earlier="" if same else str(name))


def _rows(queryset: Any) -> list[_Named]:
    """Of rows that visible_to shows, as much as is needed, with whom each counts as today."""
    rows = (_Named(*row) for row in queryset.order_by().values_list(*_COLUMNS)[:MOST_FOUND])
    return [one for one in rows if one.left_at is None]


def _in_order(named: Collection[_Named], asked: Sequence[str], near: NearNames) -> list[_Named]:
    """The likeliest first: whose names all the words are; then each word counts for the part of the name that it is
    most like; of names that fit alike the commoner comes first; then the latest."""

    @cache
    def likely(given: str, family: str, given_fold: str, family_fold: str, fathers: str) -> tuple[bool, float]:
        total = 0.0
        parts = {family_fold, given_fold, *family_fold.split(), *given_fold.split()}
        exactly = True
        for word in asked:
            by_father = likeness(fold_fathers_name(word), fathers) if fathers else 0.0
            exactly &= word in parts or by_father == 1.0
            by_family = near.rank(word, FAMILY_NAME, family_fold, family)
            by_given = near.rank(word, GIVEN, given_fold, given) if by_family < 1 else 0.0
            total += max(by_family, by_given, 0.95 * by_father)
        return not exactly, -round(total / len(asked), 3)

    bearers = Counter((one.family_fold, one.given_fold) for one in named)

    def place(one: _Named) -> tuple[tuple[bool, float], bool, int, float, uuid.UUID]:
        since = one.registered_at.timestamp() if one.registered_at else 0.0
        fit = likely(one.given_name, one.family_name, one.given_fold, one.family_fold, one.fathers_fold)
        return fit, bool(one.earlier), -bearers[one.family_fold, one.given_fold], -since, one.pk

    return sorted(named, key=place)


def _each_once(ranked: Sequence[_Named]) -> dict[uuid.UUID, str]:
    """Of the records of one person the one they count as, or the likeliest where that is not among them.

    With each, the earlier name by which they were found.
    """
    among = {one.pk for one in ranked}
    once: dict[uuid.UUID | None, tuple[uuid.UUID, str]] = {}
    for one in ranked:
        key = one.counted_as if one.counted_as in among else one.pk
        once.setdefault(one.counted_as, (key, one.earlier))
    return dict(once.values())
