"""The family that stands at the desk and has shown who it is, until it is chosen who of it came."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import ngettext

from casework.anyway import ASKED_OF
from centre.log import write_log
from centre.models import LogLine, Site, User
from centre.refusals import Refusal
from centre.requests import StaffRequest
from desk.errors import BedsBecomeFree
from desk.selectors import read_file
from registrations.doors import household_or_404
from registrations.errors import ToldElsewhere
from registrations.models import Household

# Refusals of a whole family's arrival, after which one says who came.
ASK_WHO = (ToldElsewhere.code, BedsBecomeFree.code, *ASKED_OF)
SHOWN = "family_at_the_desk"


def remember_family(request: StaffRequest, household: Household) -> None:
    """Keep for the session that this family has shown its card, or said what only it can say."""
    request.session[SHOWN] = household.number


def forget_family(request: StaffRequest) -> None:
    """It has been written who of it came."""
    request.session.pop(SHOWN, None)


def arriving_or_404(request: StaffRequest, number: int) -> Household:
    """The household of this number, if it was just shown at this desk or the user may act on it."""
    if request.session.get(SHOWN) == number:
        return get_object_or_404(Household.objects.select_related("site"), number=number)
    return household_or_404(request, number, acting=True)


def arrived_in_words(household: Household, people: int) -> str:
    """Which family arrived, and how many of it."""
    said = ngettext(
        "%(number)s arrived here: %(people)s person.", "%(number)s arrived here: %(people)s people.", people
    )
    return said % {"number": household, "people": people}


@contextmanager
def asked_who_came(household: Household, site: Site, by: User) -> Iterator[None]:
    """Where an arrival is refused after which one says who came, name beside it those whom the page offers then."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code in ASK_WHO:
            file = read_file(household, by, timezone.now())
            write_log(by, LogLine.Verb.OPENED, household, shown=[member.person.pk for member in file.members])
            coming = file.coming_to(site).items()
            refusal.beside = {"members": [{"individual": str(key), "person": words} for key, words in coming]}
        raise
