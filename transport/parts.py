"""Steps that the acts of buses compose: they lock, decide and write, and do not authorise."""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from centre.access import allows, require
from centre.clock import local_day
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from centre.sight import is_in_the_open
from registrations.errors import NotTold
from registrations.facts import Birth, months_on
from registrations.models import Household, Individual, Membership, Movement, Presence
from registrations.presences import lay_out_presences
from registrations.together import Apart, children_of
from shelter.models import Stay
from shelter.nights import lay_out_stays
from transport.errors import BusArrived, BusCancelled, BusGoesByItself, BusLeft, LeftLongBefore, NotAStop, OnABus
from transport.links import DriverLink
from transport.models import TRAVELLED, Passenger, PassengerQuerySet, TransportRun, TransportStop
from transport.told import WORK

ON_LAPS_BELOW = 24  # months of age


def require_at_a_door(by: User, site: Site, at: datetime) -> None:
    """Raise NotAllowed unless the user places or registers at the site: either reads families on and off."""
    if not any(allows(by, permission, site, at) for permission in WORK):
        require(by, WORK[-1], site, at)


def lock_run(run: TransportRun, *, also_come: bool = False) -> TransportRun:
    """The run as it is now, locked before all people. Refuses with BusCancelled or BusArrived."""
    (row,) = lock_by_key(TransportRun.objects.select_related("site").filter(pk=run.pk))
    if row.cancelled_at:
        raise BusCancelled
    if row.arrived_at and not also_come:
        raise BusArrived
    return row


def lock_waiting(run: TransportRun) -> TransportRun:
    """The same of a run that is to be filled. Refuses with BusLeft as well."""
    row = lock_run(run)
    if row.went_at:
        raise BusLeft
    return row


def lock_boarding(run: TransportRun, at: datetime) -> TransportRun:
    """The same of a run on which somebody got on at the instant, also just after it left.

    Refuses with BusCancelled, BusArrived or LeftLongBefore.
    """
    row = lock_run(run)
    if row.went_at and not row.takes_late(at):
        raise LeftLongBefore
    return row


def lock_households(households: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Lock these households, then the living of them; the keys of the living by household, in the form's order."""
    lock_by_key(Household.objects.filter(pk__in=households).only("pk"))
    rows = Membership.objects.today().filter(household__in=households)
    people = list(rows.order_by("household", "position").values_list("household", "counted_as"))
    locked = lock_by_key(Individual.objects.filter(pk__in={person for _family, person in people}).living(at).only("pk"))
    living, found = {person.pk for person in locked}, {key: [] for key in households}  # type: ignore[var-annotated]
    for family, person in people:
        if person in living and person not in found[family]:
            found[family].append(person)
    return found


def present_at(people: Collection[uuid.UUID], site: Site, at: datetime) -> set[uuid.UUID]:
    """Those who have a presence at the site, presumed left or not: what happens at a bus may be told late."""
    rows = Presence.objects.filter(individual__in=people, site=site, during__contains=at)
    return set(rows.values_list("individual", flat=True))


def require_no_seat(seats: PassengerQuerySet, by: User, at: datetime) -> None:
    """Refuse with OnABus when one of these seats is kept or sat in; with NotTold when the user may not see the bus.

    NotTold is also what is said of a person at a confidential site: so the two read alike.
    """
    runs = TransportRun.objects.filter(pk__in=seats.open().values("run"))
    if runs.exists():
        raise OnABus if runs.told_to(by, at).exists() else NotTold


def stop_for(run: TransportRun, people: Collection[uuid.UUID], at: datetime) -> Site | None:
    """The first stop of the run at which a place is held for one of these then or later."""
    held = set(Stay.objects.holds().of(people).from_(at).values_list("site", flat=True))
    stops = run.stops.filter(given_up_in=None).select_related("site").order_by("position")
    return next((stop.site for stop in stops if stop.site_id in held), None)


def require_alike(stops: Collection[Site]) -> None:
    """Refuse with BusGoesByItself where anybody may know of some of these stops, and not of the others.

    A bus is told of whole or not at all: with such a stop among them the others would have no bus either.
    """
    if len({is_in_the_open(stop) for stop in stops}) > 1:
        raise BusGoesByItself


def stop_at(run: TransportRun, site: Site) -> TransportStop:
    """The stop of the run at the site. Refuses with NotAStop."""
    stop = TransportStop.objects.kept().filter(run=run, site=site).first()
    if stop is None:
        raise NotAStop
    return stop


def stops_ahead(run: TransportRun) -> list[Site]:
    """The sites at which the run still stops, but those that it has reached: all who were to get off there did."""
    kept = TransportStop.objects.kept().filter(run=run).select_related("site")
    riding = Passenger.objects.filter(run=run)
    reached = set(riding.filter(ended_as__in=TRAVELLED).values_list("site", flat=True))
    awaited = set(riding.open().values_list("site", flat=True))
    return [stop.site for stop in kept if stop.site_id not in reached - awaited]


def where_it_stops_now(run: TransportRun, site: Site) -> Site:
    """Where people with a seat to the site get off now; they had not boarded when the bus was re-routed."""
    stops = list(TransportStop.objects.filter(run=run).select_related("site").order_by("position"))
    kept = [one.site for one in stops if one.given_up_in_id is None]
    instead = {one.act_id: one for one in stops}
    given_up = {one.site_id: one.given_up_in_id for one in stops if one.given_up_in_id}
    now = site
    while now not in kept and now.pk in given_up:
        stop = instead.get(given_up.pop(now.pk))
        now = stop.site if stop else kept[-1]
    return now


def on_laps(people: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Those under two years of age, who need no seat; of an unknown birth nobody can say so."""
    rows = Individual.objects.filter(pk__in=people)
    return {one.pk for one in rows if _is_under_two(one.birth, at)}


def _is_under_two(birth: Birth, at: datetime) -> bool:
    return birth.on is not None and months_on(birth.on, local_day(at)) < ON_LAPS_BELOW


def seats_left(run: TransportRun) -> int:
    """How many seats nobody has; the run is locked."""
    rows = Passenger.objects.filter(run=run).seated()
    return run.seats - rows.filter(ended_at=None).count() - rows.filter(ended_as__in=TRAVELLED).count()


def apart_on_seats(
    people: Collection[uuid.UUID], here: Collection[uuid.UUID], at: datetime
) -> Callable[[], set[Apart]]:
    """Return a function that finds the children of these families who would be apart from their carers.

    Each person will be on the run on which they have a seat, or at the site: `here` are the people who are there.
    """
    children = children_of(people, local_day(at))
    everyone = {person for one in children for person in (one.child, *one.carers)}

    def find() -> set[Apart]:
        runs = dict(Passenger.objects.open().filter(individual__in=everyone).values_list("individual", "run"))
        with_them = {key: runs.get(key, "here" if key in here else None) for key in everyone}
        return {
            Apart(one.membership, one.child, str(with_them[one.child]))
            for one in children
            if with_them[one.child] is not None
            and not any(with_them[carer] == with_them[one.child] for carer in one.carers)
        }

    return find


def not_on_one_bus(
    find_apart: Callable[[], set[Apart]], people: Collection[uuid.UUID], at: datetime
) -> Callable[[], set[Apart]]:
    """Finds the same, but for children on the bus of who looks after them, though they got on by another act."""
    children = {one.child: one.carers for one in children_of(people, local_day(at))}
    everyone = {person for child, carers in children.items() for person in (child, *carers)}

    def find() -> set[Apart]:
        rows = Passenger.objects.aboard().filter(individual__in=everyone)
        runs = dict(rows.values_list("individual", "run"))
        beside = {
            child
            for child, carers in children.items()
            if child in runs and any(runs.get(carer) == runs[child] for carer in carers)
        }
        return {one for one in find_apart() if one.child not in beside or one.among_strangers}

    return find


def lay_out(people: Iterable[uuid.UUID], act: Act) -> None:
    """Let presences and stays of these read as the journal now says."""
    keys = set(people)
    lay_out_presences(keys)
    lay_out_stays(keys, act)


def facts_of(act: Act, kind: str) -> dict[uuid.UUID, uuid.UUID]:
    """The facts of this kind that the act told, by person; PostgreSQL minted their keys."""
    return dict(Movement.objects.filter(act=act, kind=kind).values_list("counted_as", "pk"))


def standing_departures(passengers: Sequence[Passenger]) -> list[Movement]:
    """The departures that were recorded when these people got on, and not taken back since."""
    told = Movement.objects.filter(pk__in=[one.departure_id for one in passengers if one.departure_id])
    return list(told.filter(voided_by=None))


def end_seats(passengers: Iterable[Passenger], how: Passenger.End, at: datetime, by: User) -> None:
    """Write what became of these seats."""
    keys = [one.pk for one in passengers]
    Passenger.objects.filter(pk__in=keys).update(ended_at=at, ended_by=by, ended_as=how)


def withdraw_links(run: TransportRun, at: datetime, by: User) -> None:
    """Let the link of the run, which is locked, lead nowhere any more."""
    DriverLink.objects.filter(run=run, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=by)
