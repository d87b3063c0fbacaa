"""What was told of beds, taken back: a moment later whole, and whenever it turns out to have been wrong."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_by_key, lock_open
from centre.models import Act, Site, User
from centre.refusals import refused_on
from registrations.errors import AlreadyVoided
from registrations.living import require_living
from registrations.locks import lock_records
from registrations.models import Household, Membership, Movement
from registrations.parts import record_voids
from registrations.presences import lay_out_presences
from registrations.querysets import MovementQuerySet
from shelter.errors import OpeningSpent, PlaceTaken, UndoneBefore, UndoTooLate, UsedSince
from shelter.lodging import Placed, children_beside, kept_together
from shelter.models import PLACE_TAKEN_ONCE, Bedding, Opening, Room, Stay, StayQuerySet
from shelter.nights import lay_out_stays
from shelter.parts import Sleeper, cut_holds, mend_holds, void_beddings
from shelter.reach import require_hand_on

UNDOABLE = ("hold", "hold_again", "place", "check_in", "move", "swap", "end_stay", "keep_beds")
UNDO_WITHIN = timedelta(minutes=5)  # what is older is done the other way round, and both stand in the journal


SAID = {
    "hold": _("Places were held: {families}."),
    "hold_again": _("Places were held again: {families}."),
    "place": _("Checked in: {families}."),
    "check_in": _("Checked in: {families}."),
    "move": _("Moved: {families}."),
    "swap": _("Places were swapped: {families}."),
    "end_stay": _("Places were given back: {families}."),
    "keep_beds": _("Beds are kept: {families}."),
}


@dataclass(frozen=True)
class Undoable:
    """What may still be undone, and of which families it was, in words."""

    act: Act
    said: str


def what_can_be_undone(user: User, at: datetime) -> Undoable | None:
    """What the user did last with beds, as it is said beside the button that undoes it."""
    done = undoable_by(user, at)
    if done is None:
        return None
    rows = Household.objects.filter(memberships__in=Membership.objects.today().filter(counted_as__in=_people_of(done)))
    families = ", ".join(dict.fromkeys(str(row) for row in rows.order_by("number")))
    return Undoable(done, SAID[done.kind].format(families=families))


def _people_of(done: Act) -> list[uuid.UUID]:
    told = Bedding.objects.filter(act=done).values_list("counted_as", flat=True)
    held = Stay.objects.holds().filter(Q(act=done) | Q(given_up_in=done)).with_person().values_list("person", flat=True)
    return [*told, *held]


def undoable_by(user: User, at: datetime) -> Act | None:
    """What the user did last with beds, if it happened a moment ago and was not taken back."""
    done = Act.objects.filter(by=user, kind__in=UNDOABLE, recorded_at__gt=at - UNDO_WITHIN, at__gt=at - UNDO_WITHIN)
    stands = Exists(_told_in(OuterRef("pk"))) | Exists(_made_in(OuterRef("pk"), at))
    return done.filter(stands | Exists(_ended_in(OuterRef("pk")))).order_by("-recorded_at").first()


def seen_out_lately(by: User) -> MovementQuerySet:
    """The departures from the houses where the user checks in that they recorded a moment ago, also those taken back.

    What the user may take back as they may undo what they did with beds: by nobody else's hand, and no longer.
    """
    now = timezone.now()
    houses = Site.objects.where(by, Permission.CHECK_IN, now).values("pk")
    lately: MovementQuerySet = Movement.objects.filter(act__recorded_at__gt=now - UNDO_WITHIN)
    return lately.filter(kind=Movement.Kind.DEPARTED, act__kind="depart", act__by=by, site__in=houses)


@act("undo_beds", answers=Placed)
def undo_beds(done: Act, *, happened_anyway: str = "", by: User, at: datetime, act: Act) -> Placed:
    """Take back what the same person did with beds less than five minutes ago, and that people arrived by it.

    Places that were held before are held again until the same time. Refuses with UndoTooLate, UndoneBefore, UsedSince
    when more was recorded of one of these people, PlaceTaken when somebody else has got a place, SiteClosed,
    RecordClosed, OpeningSpent, and with ChildApart, ChildAmongStrangers or BabyAlone where a child would be left so;
    then nothing is undone.
    """
    if done.by_id != by.pk or done.kind not in UNDOABLE or timezone.now() - done.recorded_at > UNDO_WITHIN:
        raise UndoTooLate
    told = list(_told_in(done).select_related("room__site"))
    made = list(_made_in(done, at).select_related("room__site"))
    ended = list(_ended_in(done).select_related("room__site"))
    sites = _require_hand_on_all(told, made, ended, by, at)
    counted_as = lock_records(
        [*(fact.individual_id for fact in told), *(hold.individual_id for hold in (*made, *ended))]
    )
    people = [Sleeper(person, record) for record, person in counted_as.items()]
    keys = {who.person for who in people}
    require_living(keys, at, by)
    rooms = list(Room.objects.filter(bedding__counted_as__in=keys).distinct())  # to one of which they may come back
    children = children_beside(people, at, rooms)
    _require_nothing_since(done, keys, at)
    with kept_together(children, sites[0], rooms, by=by, act=act, happened_anyway=happened_anyway):
        cut_holds(made, at, act)
        void_beddings(told, act)
        if came := list(Movement.objects.filter(act=done, voided_by=None)):
            record_voids(came, act, counted_as)
            lay_out_presences(keys)
        lay_out_stays(keys, act)
        if Stay.objects.stays().filter(individual__in=keys).from_(at).lost_in(act).exists():
            raise PlaceTaken
        _hold_as_before(ended, at)
    return Placed([str(key) for key in keys], [str(hold.pk) for hold in (*made, *ended)])  # changed.py reads where


@act("void_bedding", answers=Placed)
def void_bedding(
    entries: Sequence[Bedding], *, reason: str = "", happened_anyway: str = "", by: User, at: datetime, act: Act
) -> Placed:
    """Take back what was wrongly told of beds; stays and nights are then as if it had never been told.

    Also what took another back: then that one stands again. A place given to someone else meanwhile stays theirs; the
    stay is an overflow then. Nobody sleeps on in a house that was closed: nobody was there when it was. Refuses with
    AlreadyVoided, and with ChildAmongStrangers, ChildApart or BabyAlone when a child would be left so, unless a
    protection officer does it or it happened anyway; then an urgent case opens.
    """
    sites = list(dict.fromkeys(fact.room.site if fact.room else None for fact in entries))
    for site in sites:
        require(by, Permission.MERGE, site, at)
    counted_as = lock_records([fact.individual_id for fact in entries])
    if Bedding.objects.filter(voids__in=entries).exists():
        raise AlreadyVoided
    people = [Sleeper(person, record) for record, person in counted_as.items()]
    keys = {who.person for who in people}
    rooms = list({fact.room for fact in entries if fact.room})
    children = children_beside(people, at, rooms)
    with kept_together(children, sites[0], rooms, by=by, act=act, happened_anyway=happened_anyway):
        void_beddings(entries, act, reason=reason, counted_as=counted_as)
        lay_out_stays(keys, act)
    return Placed([str(key) for key in keys], [str(fact.pk) for fact in entries])


def _told_in(done: Act | OuterRef) -> QuerySet[Bedding]:
    """What stands of what the act told of beds."""
    return Bedding.objects.filter(act=done, voided_by=None).exclude(kind=Bedding.Kind.VOIDED)


def _made_in(done: Act | OuterRef, at: datetime) -> StayQuerySet:
    """The holds that the act made, as far as they run or are to come."""
    return Stay.objects.holds().filter(act=done, given_up_in=None).from_(at)


def _ended_in(done: Act | OuterRef) -> StayQuerySet:
    """The holds that the act ended."""
    return Stay.objects.holds().filter(given_up_in=done, kept_until__isnull=False)


def _require_hand_on_all(
    told: Sequence[Bedding], made: Sequence[Stay], ended: Sequence[Stay], by: User, at: datetime
) -> list[Site]:
    """The sites that it was about, which stay open until the end; the user checks in there, or may give back there."""
    slept = {fact.room.site_id: fact.room.site for fact in told if fact.room}
    sites = slept | {hold.site_id: hold.room.site for hold in (*made, *ended)}
    if not sites:
        raise UndoneBefore
    for site in sites.values():
        if site.pk in slept:
            require(by, Permission.CHECK_IN, site, at)
        elif held := [hold for hold in made if hold.site_id == site.pk]:
            require_hand_on(held, site, by, at)
        lock_open(site, at)
    return list(sites.values())


def _require_nothing_since(done: Act, people: Collection[uuid.UUID], at: datetime) -> None:
    since = Q(act__recorded_at__gt=done.recorded_at)
    slept = Bedding.objects.filter(since, counted_as__in=people, voided_by=None).exclude(kind=Bedding.Kind.VOIDED)
    went = Movement.objects.filter(since, counted_as__in=people, voided_by=None).exclude(kind=Movement.Kind.VOIDED)
    held = Stay.objects.holds().of(people).from_(at).filter(since)
    if slept.exists() or went.exists() or held.exists():
        raise UsedSince


def _hold_as_before(holds: Sequence[Stay], at: datetime) -> None:
    """Let these holds, which the act ended, last as long as they were to."""
    openings = Opening.objects.filter(pk__in={hold.opening_id for hold in holds if hold.opening_id})
    lock_by_key(openings.only("pk"))
    with refused_on(PLACE_TAKEN_ONCE, PlaceTaken()):
        mend_holds(holds)
    for opening in openings.with_used(at):
        if opening.used > opening.places:
            raise OpeningSpent(0, opening.used - opening.places)
