"""What a service is told of a person who was offered to it by name."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.models import Duty
from casework.referrals import Referral
from centre.clock import local_day
from centre.sight import is_in_the_open
from registrations.births import age_in_words
from registrations.models import Membership


@dataclass(frozen=True)
class Told:
    """Who it is, as far as a service is told: no family name, no number, no place."""

    given_name: str
    age: str
    sex: str
    phones: Sequence[str]


@dataclass(frozen=True)
class Asked:
    """Whom a service calls about a person who was offered to it: the officer, and who is on duty with a telephone."""

    officer: str
    duty: Duty | None  # now, or else the next


def whom_to_call(referrals: Sequence[Referral], at: datetime) -> dict[uuid.UUID, Asked]:
    """For each open referral, whom the service asks: the officer who follows the case, else the one who offered it.

    The person on duty, now or next, is given too, by name and telephone: not at which site, and not at all where the
    site is confidential.
    """
    sites = {one.followed_in.site for one in referrals if is_in_the_open(one.followed_in.site)}
    coming = Duty.objects.filter(site__in=sites, until__gt=at, ended_at=None).order_by("-from_at")
    duties = {duty.site_id: duty for duty in coming}  # of each site the first
    asked = {}
    for one in referrals:
        if one.is_open:
            duty = duties.get(one.followed_in.site_id)
            officer = one.followed_in.follower or one.offered_by
            asked[one.pk] = Asked(str(officer), duty)
    return asked


def tell_of(referrals: Sequence[Referral], at: datetime) -> dict[uuid.UUID, Told]:
    """By referral, the person as the record says that was offered, whatever it was merged with since.

    Only where the officer let the name be told, and only while the referral is open.
    """
    named = [one for one in referrals if one.names_person and one.is_open]
    rows = Membership.objects.today().filter(individual__in=[one.case.individual_id for one in named])
    phones = {row.individual_id: row.household.phones for row in rows.select_related("household")}
    told = {}
    for one in named:
        person = one.case.individual
        age = age_in_words(person.birth, local_day(at))
        told[one.pk] = Told(person.given_name, age, str(person.get_sex_display()), phones.get(person.pk, ()))
    return told
