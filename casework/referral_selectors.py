"""What a service is told of a person who was offered to it by name."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.referrals import Referral
from centre.clock import local_day
from registrations.births import age_in_words
from registrations.models import Membership


@dataclass(frozen=True)
class Told:
    """Who it is, as far as a service is told: no family name, no number, no place."""

    given_name: str
    age: str
    sex: str
    phones: Sequence[str]


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
