"""The houses of the demonstration: who owns them, what they say on the telephone, buses, and whose turn it is.

Every name and telephone is invented, and no telephone is in use. Each fact is told through its act, as a desk tells it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle

from centre.clock import local_day
from centre.models import Site, User
from demonstration.sites import CAMP, GORIS
from houses.actions import add_contract, type_invoice
from houses.models import Difference
from houses.telephone import note_call, present_at, report_headcount, take_difference
from registrations.models import Household
from shelter.actions import hold_places, place_household
from shelter.inventory import block_places
from shelter.models import Place, Room
from shelter.reach import open_to_others
from shelter.turns import decline_offer, move_up
from shelter.waiting import who_waits
from transport.actions import end_bus, plan_bus, put_on_bus, send_bus
from transport.models import TransportRun
from transport.riding import board_bus, get_off_bus

OWNERS = ("Սեյրան", "Հրանուշ", "Մանվել", "Գայանե", "Ռուբիկ", "Շողիկ", "Վազգեն", "Նունե")
PHONES = "+3742840{:04}"  # no telephone in use, as that of who is on duty
RATE = Decimal(9000)  # dram for a place and a night
AGREED_FOR = timedelta(days=20)  # nights behind us
SEATS = 18
HOUR = timedelta(hours=1)
ON_BUSES = 7  # families
COUPLE = 2  # the families that are shown are no smaller, where there are others


class Houses:
    """Tells of the houses in the last hours of the day, through one coordinator."""

    def __init__(self, sites: dict[str, Site], by: User, now: datetime) -> None:
        self.sites, self.by, self.now = sites, by, now
        self.hotels = sorted((site for site in sites.values() if site.kind == Site.Kind.HOTEL), key=lambda s: s.code)
        self.near = [site for site in self.hotels if site.marz == sites[GORIS].marz]
        self.waiting = self._who_waits()

    def tell(self) -> None:
        """Contracts, openings, buses, turns, a block, somebody without a place, and the telephone, in this order."""
        self._agree()
        self._open()
        self._drive()
        self._turns()
        self._block()
        self._overflow()
        self._telephone()

    def _who_waits(self) -> Iterator[Household]:
        """Families at Goris who have waited for three hours, the smaller first, none with a child of others."""
        since = self.now - 3 * HOUR
        rows, _all = who_waits(self.by, [self.sites[GORIS]], self.now)
        whole = [
            row
            for row in rows
            if row.registered and row.since < since and not row.cared_for and len(row.members) == row.size
        ]
        keys = [row.household_id for row in sorted(whole, key=lambda row: (row.size < COUPLE, row.size, row.since))]
        families = Household.objects.in_bulk(keys)
        return iter([families[key] for key in keys])

    def _agree(self) -> None:
        first = local_day(self.now) - AGREED_FOR
        for number, (site, owner) in enumerate(zip(self.hotels, cycle(OWNERS), strict=False), start=1):
            places = Place.objects.filter(room__site=site).count()
            terms = {"contact": owner, "phone": PHONES.format(number), "places": places, "rate": RATE}
            add_contract(site, first_night=first, by=self.by, at=self.now - 4 * HOUR, **terms)
        asked = {"nights": 35, "amount": 35 * RATE, "number": "12"}
        type_invoice(self.near[0], month=local_day(self.now), by=self.by, at=self.now - HOUR, **asked)

    def _open(self) -> None:
        for site, places in zip(self.near, (6, 10), strict=False):
            open_to_others(site, places=places, until=self.now + 14 * HOUR, by=self.by, at=self.now - 4 * HOUR)

    def _drive(self) -> None:
        """A bus that has come without one of its families; one on the road; one to be filled, and whom it may take."""
        families = [family for family, _ in zip(self.waiting, range(ON_BUSES), strict=False)]
        stop = next(site for site in self.hotels if site.marz == "AM-VD")
        for family in families:
            hold_places(family, rooms=self._rooms(stop, family), until=self.now + 12 * HOUR, **self._how(150))
        come, on_the_road, planned = (self._plan(stop, *hours) for hours in ((-110, -20), (-45, 60), (50, 160)))
        for run, riding in ((come, families[:2]), (on_the_road, families[2:4])):
            for family in riding:
                put_on_bus(run, household=family, **self._how(130))
                board_bus(run, household=family, **self._how(120 if run == come else 50))
        send_bus(come, **self._how(110))
        get_off_bus(come, household=families[0], site=stop, **self._how(20))
        end_bus(come, site=stop, **self._how(15))
        send_bus(on_the_road, **self._how(45))
        for family in families[4:6]:
            put_on_bus(planned, household=family, **self._how(25))

    def _plan(self, stop: Site, leaves: int, comes: int) -> TransportRun:
        minute = timedelta(minutes=1)
        number = 100 + leaves % 900
        said = plan_bus(
            self.sites[GORIS],
            stops=[stop],
            seats=SEATS,
            departs_at=self.now + leaves * minute,
            arrives_at=self.now + comes * minute,
            vehicle=f"35 XX {number}",
            driver="Հովիկ",
            driver_phone=PHONES.format(number),
            **self._how(140),
        )
        return TransportRun.objects.get(pk=said.run)

    def _turns(self) -> None:
        move_up(next(self.waiting), reason="Հիվանդ է, ջերմություն ունի։", **self._how(40))
        declined = {"site": self.near[0], "reason": "Հիվանդանոցից շատ հեռու է։"}
        decline_offer(next(self.waiting), **declined, **self._how(35))

    def _block(self) -> None:
        """A room in which nobody sleeps has no water until tomorrow."""
        taken = Place.objects.taken(self.now - HOUR).values("room")
        room = Room.objects.filter(site__in=self.near).exclude(pk__in=taken).order_by("site__code", "name").first()
        if room:
            until = self.now + 14 * HOUR
            block_places(list(room.places.all()), reason="Ջուր չկա։", until=until, **self._how(30))

    def _overflow(self) -> None:
        """A family sleeps in a room with too few places."""
        full = Room.objects.filter(site__in=[*self.near, self.sites[CAMP]]).exclude(
            pk__in=Place.objects.free(self.now - HOUR).values("room")
        )
        room = full.order_by("site__code", "name").first()
        if room:
            why = "Գիշերը ուրիշ տեղ չկար։"
            place_household(next(self.waiting), rooms=[room], happened_anyway=why, **self._how(28))

    def _telephone(self) -> None:
        """One house says more than is counted, one the same; one offers places, at one nobody answers."""
        said, same, more, silent = (self.near + self.hotels[:4])[:4]
        hour = self.now - HOUR / 3
        told = report_headcount(said, persons=present_at(said, hour) + 3, said_by=OWNERS[0], hour=hour, **self._how(15))
        take_difference(Difference.objects.get(pk=told.difference), **self._how(12))
        report_headcount(same, persons=present_at(same, hour), said_by=OWNERS[1], hour=hour, **self._how(14))
        offer = {"about": "more", "number": 4, "until": local_day(self.now) + timedelta(days=1)}
        words = "Վաղը ևս չորս տեղ կունենա։"
        note_call(more, outcome="spoke", words=words, said_by=OWNERS[2], **offer, **self._how(13))
        note_call(silent, outcome="no_answer", **self._how(12))

    def _rooms(self, site: Site, family: Household) -> list[Room]:
        """As few free rooms of the site as hold the family."""
        needed, chosen = family.memberships.count(), list[Room]()
        free = Place.objects.filter(room__site=site).free(self.now - 3 * HOUR)
        for room in Room.objects.filter(site=site).order_by("name"):
            there = free.filter(room=room).count()
            if there and needed > 0:
                chosen.append(room)
                needed -= there
        return chosen

    def _how(self, minutes: int) -> dict[str, User | datetime]:
        """Who told it, and when: so many minutes ago."""
        return {"by": self.by, "at": self.now - timedelta(minutes=minutes)}
