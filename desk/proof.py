"""What opens a family to somebody who does not see it. Its number is an address, and proves nothing.

Its card does, or its nine digits. So does what only the family can say, in one attempt: its number with the name and
birth year of one member; without the number, the birth date and father's name of one, said beside those of no more
people who are not of it; of a family that was counted without names, its number with as many women and men as were
counted. Whoever sees a family is not asked. Whoever read it in an emergency is believed no word of it for a week.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cards.errors import CardNotSeen
from cards.selectors import Shown
from centre.bursts import PROOF
from centre.locks import lock_by_key
from centre.log import write_log
from centre.models import LogLine, User
from centre.refusals import Refusal
from desk.errors import CardNeeded, NotProven, ReadInEmergency, TooManyTries
from desk.models import EmergencyOpening
from registrations.facts import PersonFacts
from registrations.matches import AGREES, find_same_families, years_apart
from registrations.models import Household, Individual
from registrations.names import fold, fold_fathers_name
from registrations.other_names import likeness

MOST_TRIES, WITHIN = 3, timedelta(hours=1)
READ_LATELY = timedelta(days=7)


def sees(user: User, household: Household) -> bool:
    """Whether the user may act on the family anyway; one opened in an emergency they only read."""
    return Household.objects.in_hand_of(user).filter(pk=household.pk).exists()


def require_proof(shown: Shown, member: PersonFacts, *, by: User) -> Household:
    """The family of the number, opened by its card or by what was said of one member.

    Refuses with CardNotSeen when nothing was said, with NotProven, ReadInEmergency or TooManyTries.
    """
    household = shown.household
    if household is None:
        raise CardNotSeen
    if not shown.proven and not sees(by, household):
        if not (member.given_name or member.family_name) or member.birth.on is None:
            raise CardNotSeen
        _try(_is_of(household, member), by, household, NotProven())
    return household


def require_count(shown: Shown, people: Sequence[PersonFacts], *, by: User) -> Household:
    """The family that was counted without names under the number, opened by its card or by who it says it is.

    Refuses with NotProven, ReadInEmergency or TooManyTries.
    """
    household = shown.household
    if household is None:
        raise CardNotSeen
    if not shown.proven and not sees(by, household):
        _try(_were_counted(household, people), by, household, NotProven())
    return household


def find_without_number(
    people: Sequence[PersonFacts], *, settlement: str = "", chosen: str = "", by: User
) -> Household:
    """The family of which a member has a name, the birth date and the father's name of one of these people.

    Of several it is the one `chosen` by its id, or else the likeliest.
    Refuses with CardNeeded, ReadInEmergency or TooManyTries; when neither was said, that is no attempt.
    """
    if not any(map(_says_enough, people)):
        raise CardNeeded
    agreeing = find_same_families(people, settlement=settlement)
    likeliest = next((key for key in agreeing if str(key) == chosen), next(iter(agreeing), None))
    household = Household.objects.get(pk=likeliest) if likeliest else None
    if household is None or not sees(by, household):
        _try(household is not None and _are_mostly_of(household, people), by, household, CardNeeded())
    assert household is not None  # what is not found is refused
    return household


def _try(holds: bool, by: User, subject: Household | None, otherwise: Refusal) -> None:
    """Refuse what does not hold, and leave a line; after three such lines within the hour refuse whatever is said."""
    read = EmergencyOpening.objects.filter(by=by, household=subject, until__gt=timezone.now() - READ_LATELY)
    if subject and read.exists():
        raise ReadInEmergency
    with transaction.atomic():
        lock_by_key(User.objects.filter(pk=by.pk))  # or attempts sent at once would all be the first
        failed = LogLine.objects.filter(by=by, verb=LogLine.Verb.REFUSED, fields=[PROOF])
        left = MOST_TRIES - failed.filter(at__gt=timezone.now() - WITHIN).count()
        if holds and left > 0:
            return
        write_log(by, LogLine.Verb.REFUSED, subject or "household", [PROOF] if left > 0 else [PROOF, TooManyTries.code])
    raise otherwise if left > 0 else TooManyTries(wait=int(WITHIN.total_seconds()))


def _is_of(household: Household, member: PersonFacts) -> bool:
    said = fold(f"{member.given_name} {member.family_name}").split()
    return any(
        years_apart(member.birth, person.birth) == 0 and _is_called(person, said)
        for person in Individual.objects.members_of(household)
    )


def _are_mostly_of(household: Household, people: Sequence[PersonFacts]) -> bool:
    """Whether of the birth dates and fathers' names that were said at least half are of the family.

    Else one attempt would try as many of them as a page has rows.
    """
    said = {(fold_fathers_name(one.fathers_name), one.birth.on) for one in people if _says_enough(one)}
    members = Individual.objects.members_of(household)
    known = {(one.fathers_fold, one.birth.on) for one in members if one.birth.precision == "day"}
    return 2 * len(said & known) >= len(said)


def _says_enough(person: PersonFacts) -> bool:
    return bool(person.fathers_name) and person.birth.precision == "day"


def _is_called(person: Individual, said: Sequence[str]) -> bool:
    """Whether every word is a name of theirs, and one is the given name, which fewer share than the family's."""
    own = (person.given_fold or person.family_fold).split()
    names = [*own, *person.family_fold.split(), *person.fathers_fold.split()]
    return all(_is_one_of(word, names) for word in said) and any(_is_one_of(word, own) for word in said)


def _is_one_of(word: str, names: Sequence[str]) -> bool:
    return any(likeness(word, name) >= AGREES for name in names)


def _were_counted(household: Household, people: Sequence[PersonFacts]) -> bool:
    """Whether these are as many as were counted, with everybody's sex where it was noted."""
    counted = [person.sex for person in Individual.objects.members_of(household)]
    missing = Counter(filter(None, counted)) - Counter(person.sex for person in people if person.sex)
    return len(people) == len(counted) and not missing
