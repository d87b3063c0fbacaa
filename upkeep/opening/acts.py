"""The opening itself: all of it or nothing."""

from django.db import transaction

from cards.actions import Printed, print_cards
from centre.actions import add_site, open_operation
from centre.models import Site, User
from centre.operations import holds_invented_people
from centre.public_logins import logins
from registrations.models import Household
from shelter.inventory import add_rooms
from upkeep.opening.plan import Plan, Wrong

CARDS = 500  # for the first day; more are printed on the page of cards
CARD_LANGUAGE = "hy"
EMPTY = (
    "A real operation begins in an empty one; with engines of your own: RECEPTION_VAR=var/real make open, "
    "and the same before make serve."
)


def why_not_empty() -> str:
    """What stands in the way of an opening: invented people, or anybody's; empty when nothing does."""
    if holds_invented_people() or User.objects.filter(username__in=[login.username for login in logins()]).exists():
        return (
            f"This database holds a demonstration: its people are invented and its passwords are known to all. {EMPTY}"
        )
    if families := Household.objects.count():
        return f"This database holds families already ({families}). {EMPTY}"
    return ""


def open_whole(plan: Plan, purpose: str) -> tuple[User, Printed]:
    """Open the operation with its administrator, sites, rooms and first cards in one transaction.

    Refuses with Wrong, or any refusal of the acts; then nothing was written.
    """
    with transaction.atomic():
        if reason := why_not_empty():
            raise Wrong(reason)
        user = open_operation(**plan.operation, purpose=purpose, **plan.account)
        for site in plan.sites:
            saved = add_site(**site.facts, by=user)
            if site.rooms:
                add_rooms(Site.objects.get(pk=saved.site), **site.rooms, by=user)
        first = Site.objects.get(code=plan.sites[0].facts["code"])
        printed = print_cards(first, count=CARDS, language=CARD_LANGUAGE, by=user)
    return user, printed
