"""What was done is answered again, at its page and at its address of the API, whatever has happened since."""

import base64
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from centre.models import Act, Site, User
from desk.actions import depart
from desk.coming import note_seen
from registrations.models import GateCount, Household
from shelter.models import Stay
from shelter.no_shows import take_off_no_show
from tests.api.conftest import Machine, intake, member
from tests.build import make_user
from tests.promises.test_acts import in_hospital, to_hospital
from tests.promises.world import HOUR, LETTER, World, everything
from transport.models import TransportRun

pytestmark = pytest.mark.django_db

Sent = tuple[User, str, dict[str, Any]]


def newborn() -> dict[str, str]:
    return {
        "given_name": "Tigran",
        "family_name": "Hakobyan",
        "sex": "M",
        "birth_date": timezone.localdate().isoformat(),
        "relationship": "son",
    }


def distant() -> dict[str, str]:
    return {"at": timezone.now().isoformat()}


def seen(world: World) -> Household:
    note_seen(world.family, site=world.sisian, by=world.coordinator)
    return world.family


def code_of(household: Household) -> str:
    return str(household).replace(" ", "")


def proof(world: World) -> dict[str, Any]:
    """What only the family can say: its number with a name and a birth year."""
    head = world.head(world.gone)
    birth = {"birth_year": head.birth_date.year} if head.birth_date else {}
    names = {"given_name": head.given_name, "family_name": head.family_name}
    return {"site": "sisian", "card": code_of(world.gone), **names, **birth, **distant()}


def ran_out(w: World, *, taken_off: bool = False) -> uuid.UUID:
    """A hold that ran out a minute ago, whose people did not come; or who were taken off the list since."""
    Stay.objects.holds().filter(pk=w.hold.pk).update(
        during=DateTimeTZRange(w.hold.during.lower, timezone.now() - timedelta(minutes=1), "[)")
    )
    if taken_off:
        take_off_no_show([Stay.objects.get(pk=w.hold.pk)], by=w.coordinator)
    return w.hold.pk


def who_left(w: World) -> Sent:
    """That somebody left the house is taken back."""
    depart(w.sleepers, site=w.stay.site, destination="unknown", by=w.coordinator)
    return w.coordinator, f"stays/{w.stay.pk}/not-left/", {}


def at_a_bus(world: World, run: TransportRun, verb: str, family: Household | None = None, **facts: Any) -> Sent:
    """An act at a bus, perhaps for a family."""
    about = {"household": str(family.pk)} if family else {}
    return world.coordinator, f"transport-runs/{run.pk}/{verb}/", about | facts


ADDRESSES: dict[str, Callable[[World], Sent]] = {
    "intakes/": lambda w: (w.coordinator, "intakes/", intake(member("Vahan"), going="shelter")),
    "pre-registrations/": lambda w: (
        w.coordinator,
        "pre-registrations/",
        {"site": "goris", "going": "stays", "groups": [{"count": 2}]},
    ),
    "arrivals/": lambda w: (w.coordinator, "arrivals/", proof(w)),
    "emergency-openings/": lambda w: (
        w.coordinator,
        "emergency-openings/",
        {"number": code_of(w.family), "reason": "a child has a seizure"},
    ),
    "sightings/": lambda w: (w.coordinator, "sightings/", {"site": "sisian", "card": code_of(w.family)}),
    "households/{id}/complete/": lambda w: (w.coordinator, f"households/{w.counted.pk}/complete/", intake()),
    "households/{id}/arrive/": lambda w: (w.coordinator, f"households/{w.family.pk}/arrive/", {"site": "sisian"}),
    "households/{id}/confirm-arrival/": lambda w: (
        w.coordinator,
        f"households/{seen(w).pk}/confirm-arrival/",
        {"site": "sisian"},
    ),
    "households/{id}/dismiss-sighting/": lambda w: (
        w.coordinator,
        f"households/{seen(w).pk}/dismiss-sighting/",
        {"site": "sisian"},
    ),
    "households/{id}/depart/": lambda w: (
        w.coordinator,
        f"households/{w.family.pk}/depart/",
        {"site": "goris", "destination": "abroad"},
    ),
    "households/{id}/born/": lambda w: (
        w.coordinator,
        f"households/{w.family.pk}/born/",
        {"site": "goris", "child": newborn(), **distant()},
    ),
    "households/{id}/hold/": lambda w: (
        w.coordinator,
        f"households/{w.family.pk}/hold/",
        {"rooms": [str(w.hall.pk)], "until": (w.now + HOUR).isoformat()},
    ),
    "households/{id}/place/": lambda w: (
        w.coordinator,
        f"households/{w.family.pk}/place/",
        {"rooms": [str(w.hall.pk)]},
    ),
    "individuals/{id}/died/": lambda w: (
        w.coordinator,
        f"individuals/{w.head(w.family).pk}/died/",
        {"site": "goris"},
    ),
    "individuals/{id}/correct/": lambda w: (
        w.coordinator,
        f"individuals/{w.head(w.family).pk}/correct/",
        {"fathers_name": "Gurgen"},
    ),
    "individuals/{id}/needs/": lambda w: (w.coordinator, f"individuals/{w.other.pk}/needs/", {"add": ["SM-CC"]}),
    "households/{id}/void-beds/": lambda w: (
        w.coordinator,
        f"households/{w.stay.individual.memberships.today().get().household_id}/void-beds/",
        {"entries": [str(w.stay.began_by_id)], "reason": "a slip"},
    ),
    "households/{id}/correct/": lambda w: (w.coordinator, f"households/{w.family.pk}/correct/", {"vehicle": "bus"}),
    "households/{id}/join/": lambda w: (
        w.coordinator,
        f"households/{w.family.pk}/join/",
        {"site": "goris", "person": newborn() | {"birth_date": "1970-05-04", "relationship": "parent"}, **distant()},
    ),
    "households/{id}/head/": lambda w: (
        w.coordinator,
        f"households/{w.couple.pk}/head/",
        {"head": str(w.other.pk)},
    ),
    "households/{id}/split/": lambda w: (
        w.officer,
        f"households/{w.couple.pk}/split/",
        {"site": "goris", "members": [{"individual": str(w.other.pk), "relationship": "head"}]},
    ),
    "households/{id}/change-household/": lambda w: (
        w.officer,
        f"households/{w.couple.pk}/change-household/",
        {"to": str(w.carrier.pk), "members": [{"individual": str(w.other.pk), "relationship": "cousin"}]},
    ),
    "households/{id}/never-was/": lambda w: (
        w.coordinator,
        f"households/{w.couple.pk}/never-was/",
        {"members": [str(w.other.pk)], "reason": "typed twice"},
    ),
    "conflicts/{id}/settle/": lambda w: (w.coordinator, f"conflicts/{w.conflict.pk}/settle/", {"take": True}),
    "acts/{id}/undo/": lambda w: (w.coordinator, f"acts/{w.corrected.act_id}/undo/", {}),
    "movements/{id}/void/": lambda w: (w.coordinator, f"movements/{w.departure.pk}/void/", {}),
    "merges/": lambda w: (
        w.officer,
        "merges/",
        {"merged": str(w.head(w.carrier).pk), "into": str(w.head(w.gone).pk), "reason": "one person"},
    ),
    "merges/{id}/undo/": lambda w: (w.officer, f"merges/{w.merge.pk}/undo/", {}),
    "gate-counts/": lambda w: (w.volunteer, "gate-counts/", {"site": "goris", "people": 3}),
    "gate-counts/{id}/void/": lambda w: (w.volunteer, f"gate-counts/{w.gate_count.pk}/void/", {"reason": "twice"}),
    "handouts/": lambda w: (
        w.coordinator,
        "handouts/",
        {"distribution": str(w.round.pk), "number": code_of(w.family)},
    ),
    "handouts/{id}/reverse/": lambda w: (w.coordinator, f"handouts/{w.handout.pk}/reverse/", {"reason": "wrong card"}),
    "stock-movements/{id}/void/": lambda w: (
        w.coordinator,
        f"stock-movements/{w.received.pk}/void/",
        {"reason": "a slip"},
    ),
    "stock-movements/receive/": lambda w: (
        w.coordinator,
        "stock-movements/receive/",
        {"site": "goris", "item": "parcel", "quantity": 5, "donor": "Red Cross"},
    ),
    "stock-movements/send/": lambda w: (
        w.coordinator,
        "stock-movements/send/",
        {"site": "goris", "to_site": "sisian", "item": "parcel", "quantity": 5},
    ),
    "stock-movements/write-off/": lambda w: (
        w.coordinator,
        "stock-movements/write-off/",
        {"site": "goris", "item": "parcel", "quantity": 5, "note": "wet"},
    ),
    "items/": lambda w: (w.coordinator, "items/", {"name_en": "Soap", "category": "hygiene"}),
    "items/{id}/categorise/": lambda w: (w.coordinator, f"items/{w.parcel.pk}/categorise/", {"category": "food"}),
    "distributions/": lambda w: (
        w.coordinator,
        "distributions/",
        {
            "site": "goris",
            "name": "Blankets",
            "starts_at": w.now.isoformat(),
            "rules": [{"item": "parcel", "per": "person", "quantity": 1}],
        },
    ),
    "distributions/{id}/end/": lambda w: (w.coordinator, f"distributions/{w.round.pk}/end/", {}),
    "distributions/{id}/withdraw/": lambda w: (
        w.coordinator,
        f"distributions/{w.next_round.pk}/withdraw/",
        {"reason": "a slip"},
    ),
    "stock-movements/{id}/confirm/": lambda w: (
        w.coordinator,
        f"stock-movements/{w.on_the_way.pk}/confirm/",
        {"quantity": 4},
    ),
    "stock-movements/{id}/settle/": lambda w: (
        w.coordinator,
        f"stock-movements/{w.came_short.pk}/settle/",
        {"became": "way_lost", "reason": "a flood"},
    ),
    "households/{id}/to-hospital/": lambda w: (
        w.volunteer,
        f"households/{w.sleepers.pk}/to-hospital/",
        {"site": "goris", "hospital": to_hospital(w)["hospital"].code, "patient": str(w.head(w.sleepers).pk)},
    ),
    "households/{id}/from-hospital/": lambda w: (
        w.volunteer,
        f"households/{in_hospital(w).pk}/from-hospital/",
        {"site": "goris", "members": [str(w.head(w.sleepers).pk)]},
    ),
    "individuals/{id}/family-told/": lambda w: (
        w.officer,
        f"individuals/{w.one_who_died().pk}/family-told/",
        {"to_whom": "Anna", "how": "in_person"},
    ),
    "individuals/{id}/family-not-told/": lambda w: (w.officer, f"individuals/{w.one_told().pk}/family-not-told/", {}),
    "individuals/{id}/observe/": lambda w: (
        w.volunteer,
        f"individuals/{w.child.pk}/observe/",
        {"site": "goris", "sign": "wounded"},
    ),
    "individuals/{id}/open-case/": lambda w: (
        w.officer,
        f"individuals/{w.child.pk}/open-case/",
        {"kind": "other", "urgency": "now"},
    ),
    "individuals/{id}/seek/": lambda w: (
        w.officer,
        f"individuals/{w.child.pk}/seek/",
        {"family_name": "Hakobyan", "age": 34, "at": w.now.isoformat()},
    ),
    "tracing-requests/{id}/consent/": lambda w: (
        w.officer,
        f"tracing-requests/{w.search.pk}/consent/",
        {"consent": "yes"},
    ),
    "tracing-requests/{id}/end/": lambda w: (w.officer, f"tracing-requests/{w.search.pk}/end/", {"outcome": "found"}),
    "tracing-matches/{id}/answer/": lambda w: (w.officer, f"tracing-matches/{w.match.pk}/answer/", {"answer": "asked"}),
    "services/": lambda w: (w.admin, "services/", {"name": "Legal clinic", "offers": "legal"}),
    "services/{id}/end/": lambda w: (w.admin, f"services/{w.clinic.pk}/end/", {}),
    "cases/{id}/refer/": lambda w: (
        w.officer,
        f"cases/{w.case.pk}/refer/",
        {"service": str(w.clinic.pk), "words": "burns"},
    ),
    "referrals/{id}/accept/": lambda w: (w.officer, f"referrals/{w.offered.pk}/accept/", {}),
    "referrals/{id}/decline/": lambda w: (w.officer, f"referrals/{w.offered.pk}/decline/", {"why": "full"}),
    "referrals/{id}/appoint/": lambda w: (
        w.officer,
        f"referrals/{w.accepted.pk}/appoint/",
        {"appointment_at": (w.now + HOUR).isoformat()},
    ),
    "referrals/{id}/came/": lambda w: (w.officer, f"referrals/{w.accepted.pk}/came/", {"came": True}),
    "referrals/{id}/end/": lambda w: (w.officer, f"referrals/{w.accepted.pk}/end/", {"words": "well"}),
    "referrals/{id}/driver/": lambda w: (w.officer, f"referrals/{w.offered.pk}/driver/", {"driver": "Armen"}),
    "referrals/{id}/withdraw/": lambda w: (w.officer, f"referrals/{w.offered.pk}/withdraw/", {}),
    "cases/{id}/take/": lambda w: (w.officer, f"cases/{w.case.pk}/take/", {}),
    "cases/{id}/hand-over/": lambda w: (w.officer, f"cases/{w.case.pk}/hand-over/", {"to": str(w.officer.pk)}),
    "cases/{id}/letter/": lambda w: (
        w.officer,
        f"cases/{w.case.pk}/letter/",
        {"words": "passport", "sheet": base64.b64encode(LETTER.content).decode()},
    ),
    "cases/{id}/note/": lambda w: (w.officer, f"cases/{w.case.pk}/note/", {"words": "an aunt"}),
    "cases/{id}/plan/": lambda w: (
        w.officer,
        f"cases/{w.case.pk}/plan/",
        {"words": "call", "due_at": (w.now + HOUR).isoformat()},
    ),
    "cases/{id}/done/": lambda w: (w.officer, f"cases/{w.case.pk}/done/", {"fulfils": str(w.planned.pk)}),
    "cases/{id}/handing/": lambda w: (w.officer, f"cases/{w.case.pk}/handing/", {"words": "her mother"}),
    "cases/{id}/urgency/": lambda w: (w.officer, f"cases/{w.case.pk}/urgency/", {"urgency": "week"}),
    "cases/{id}/close/": lambda w: (
        w.officer,
        f"cases/{w.case.pk}/close/",
        {"outcome": "helped", "happened_anyway": "gone"},
    ),
    "cases/{id}/reopen/": lambda w: (w.officer, f"cases/{w.old_case.pk}/reopen/", {"words": "it goes on"}),
    "case-steps/{id}/void/": lambda w: (w.officer, f"case-steps/{w.planned.pk}/void/", {}),
    "duties/": lambda w: (
        w.officer,
        "duties/",
        {
            "site": "goris",
            "name": "Ani",
            "phone": "+37491123456",
            "from_at": w.now.isoformat(),
            "until": (w.now + HOUR).isoformat(),
        },
    ),
    "stock-counts/": lambda w: (w.coordinator, "stock-counts/", {"site": "sisian", "item": "parcel", "quantity": 5}),
    "stock-counts/{id}/confirm/": lambda w: (w.colleague, f"stock-counts/{w.stock_count.pk}/confirm/", {}),
    "stock-counts/{id}/withdraw/": lambda w: (
        w.coordinator,
        f"stock-counts/{w.stock_count.pk}/withdraw/",
        {"reason": "a slip"},
    ),
    "snapshots/{id}/revise/": lambda w: (
        w.coordinator,
        f"snapshots/{w.old_snapshot().pk}/revise/",
        {"reason": "paper lists"},
    ),
    "plans/": lambda w: (w.coordinator, "plans/", {"houses": [str(w.goris.pk)]}),
    "plans/{id}/search/": lambda w: (w.coordinator, f"plans/{w.plan.pk}/search/", {}),
    "plans/{id}/stop/": lambda w: (w.coordinator, f"plans/{w.searched_plan().pk}/stop/", {}),
    "kept-apart/": lambda w: (
        w.coordinator,
        "kept-apart/",
        {"household": [str(w.family.pk)], "other": [str(w.couple.pk)], "reason": "a feud"},
    ),
    "kept-apart/{id}/end/": lambda w: (w.coordinator, f"kept-apart/{w.apart.pk}/end/", {}),
    "transport-runs/": lambda w: (
        w.coordinator,
        "transport-runs/",
        {
            "site": "goris",
            "stops": ["vayk"],
            "seats": 40,
            "departs_at": (w.now + HOUR).isoformat(),
            "arrives_at": (w.now + 4 * HOUR).isoformat(),
        },
    ),
    "transport-runs/{id}/fill/": lambda w: at_a_bus(w, w.bus, "fill", w.hopeful),
    "transport-runs/{id}/take-off/": lambda w: at_a_bus(w, w.bus, "take-off", w.riders),
    "transport-runs/{id}/board/": lambda w: at_a_bus(w, w.bus, "board", w.riders),
    "transport-runs/{id}/void-boarding/": lambda w: at_a_bus(w, w.loaded, "void-boarding", w.boarded),
    "transport-runs/{id}/get-off/": lambda w: at_a_bus(w, w.on_the_road, "get-off", w.travellers, site="vayk"),
    "transport-runs/{id}/driver-link/": lambda w: at_a_bus(w, w.bus, "driver-link"),
    "transport-runs/{id}/withdraw-driver-link/": lambda w: at_a_bus(w, w.loaded, "withdraw-driver-link"),
    "transport-runs/{id}/send/": lambda w: at_a_bus(w, w.bus, "send"),
    "transport-runs/{id}/end/": lambda w: at_a_bus(w, w.on_the_road, "end", site="vayk"),
    "transport-runs/{id}/reroute/": lambda w: at_a_bus(w, w.on_the_road, "reroute", old="vayk", new="sisian"),
    "transport-runs/{id}/cancel/": lambda w: at_a_bus(w, w.bus, "cancel"),
    "stays/{id}/give-room/": lambda w: (
        w.coordinator,
        f"stays/{w.undivided_stay().pk}/give-room/",
        {"name": "9e"},
    ),
    "stays/{id}/depart/": lambda w: (w.coordinator, f"stays/{w.stay.pk}/depart/", {"destination": "unknown"}),
    "stays/{id}/not-left/": who_left,
    "stays/{id}/check-in/": lambda w: (w.coordinator, f"stays/{w.hold.pk}/check-in/", {}),
    "stays/{id}/move/": lambda w: (w.coordinator, f"stays/{w.stay.pk}/move/", {"rooms": [str(w.hall.pk)]}),
    "stays/{id}/swap/": lambda w: (
        w.coordinator,
        f"stays/{w.stay.pk}/swap/",
        {"others": [str(w.stay_of(w.neighbours).pk)]},
    ),
    "stays/{id}/keep/": lambda w: (
        w.coordinator,
        f"stays/{w.stay.pk}/keep/",
        {"until": (w.now + HOUR).isoformat(), "reason": "in hospital"},
    ),
    "stays/{id}/hold-again/": lambda w: (
        w.coordinator,
        f"stays/{ran_out(w)}/hold-again/",
        {"until": (w.now + 5 * HOUR).isoformat()},
    ),
    "stays/{id}/take-off/": lambda w: (w.coordinator, f"stays/{ran_out(w)}/take-off/", {}),
    "stays/{id}/put-back/": lambda w: (w.coordinator, f"stays/{ran_out(w, taken_off=True)}/put-back/", {}),
    "bed-acts/{id}/undo/": lambda w: (w.coordinator, f"bed-acts/{w.hold.act_id}/undo/", {}),
    "stays/{id}/end/": lambda w: (w.coordinator, f"stays/{w.stay.pk}/end/", {}),
    "rooms/": lambda w: (w.coordinator, "rooms/", {"site": "goris", "rooms": [{"name": "9c", "places": 2}]}),
    "rooms/{id}/change/": lambda w: (w.coordinator, f"rooms/{w.hall.pk}/change/", {"name": "hall", "kind": "hall"}),
    "rooms/{id}/set-places/": lambda w: (w.coordinator, f"rooms/{w.hall.pk}/set-places/", {"places": 7}),
    "rooms/{id}/add-bed/": lambda w: (w.coordinator, f"rooms/{w.room.pk}/add-bed/", {}),
    "rooms/{id}/divide/": lambda w: (
        w.coordinator,
        f"rooms/{w.hall.pk}/divide/",
        {"name": "9d", "places": [str(w.hall.places.first().pk)]},
    ),
    "places/{id}/block/": lambda w: (w.coordinator, f"places/{w.free.pk}/block/", {"reason": "the roof leaks"}),
    "places/{id}/open/": lambda w: (w.coordinator, f"places/{w.free.pk}/open/", {}),
    "places/{id}/take-away/": lambda w: (w.coordinator, f"places/{w.free.pk}/take-away/", {}),
    "sites/begin/": lambda w: (
        w.coordinator,
        "sites/begin/",
        {"name": "Mirhav", "kind": "hotel", "marz": "AM-SU", "places": 9, "room": "to be divided"},
    ),
    "sites/{id}/take-back/": lambda w: (w.coordinator, f"sites/{w.begun_house().pk}/take-back/", {}),
    "sites/{id}/open-to-others/": lambda w: (
        w.coordinator,
        f"sites/{w.goris.pk}/open-to-others/",
        {"places": 3, "until": (w.now + HOUR).isoformat()},
    ),
    "households/{id}/move-up/": lambda w: (w.coordinator, f"households/{w.alone.pk}/move-up/", {"reason": "ill"}),
    "households/{id}/decline/": lambda w: (
        w.coordinator,
        f"households/{w.family.pk}/decline/",
        {"site": "sisian", "reason": "too far from the hospital"},
    ),
    "waiting-facts/{id}/void/": lambda w: (
        w.coordinator,
        f"waiting-facts/{w.moved_up.pk}/void/",
        {"reason": "another family was meant"},
    ),
    "contracts/": lambda w: (
        w.coordinator,
        "contracts/",
        {
            "site": "sisian",
            "contact": "Aram",
            "phone": "+37494123456",
            "first_night": timezone.localdate().isoformat(),
            "places": 9,
            "rate": "9000",
        },
    ),
    "contracts/{id}/void/": lambda w: (w.coordinator, f"contracts/{w.contract.pk}/void/", {}),
    "invoices/": lambda w: (
        w.coordinator,
        "invoices/",
        {"site": "sisian", "month": f"{timezone.localdate():%Y-%m}", "nights": 3, "amount": "27000"},
    ),
    "invoices/{id}/void/": lambda w: (w.coordinator, f"invoices/{w.invoice.pk}/void/", {}),
    "roll-calls/": lambda w: (w.coordinator, "roll-calls/", {"site": "goris"}),
    "roll-calls/{id}/see/": lambda w: (
        w.coordinator,
        f"roll-calls/{w.roll_call.pk}/see/",
        {"people": [str(w.stay.individual_id)]},
    ),
    "roll-calls/{id}/take-back/": lambda w: (
        w.coordinator,
        f"roll-calls/{w.roll_call.pk}/take-back/",
        {"people": [str(w.seen_in_roll_call.individual_id)]},
    ),
    "headcounts/": lambda w: (w.coordinator, "headcounts/", {"site": "goris", "persons": 98, "said_by": "Aram"}),
    "headcounts/{id}/void/": lambda w: (w.coordinator, f"headcounts/{w.told.pk}/void/", {}),
    "headcount-differences/{id}/take/": lambda w: (
        w.coordinator,
        f"headcount-differences/{w.difference.pk}/take/",
        {},
    ),
    "headcount-differences/{id}/settle/": lambda w: (
        w.coordinator,
        f"headcount-differences/{w.difference.pk}/settle/",
        {"words": "they were at the shop"},
    ),
    "calls/": lambda w: (w.coordinator, "calls/", {"site": "goris", "outcome": "no_answer"}),
}


def addresses_of_acts() -> set[str]:
    """The addresses of the API whose body must hold an act's id."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    bodies = {
        path.removeprefix("/api/v1/"): verbs["post"]["requestBody"]["content"]["application/json"]["schema"]
        for path, verbs in schema["paths"].items()
        if "requestBody" in verbs.get("post", {})
    }
    named = {path: schema["components"]["schemas"][body["$ref"].rpartition("/")[2]] for path, body in bodies.items()}
    return {path for path, body in named.items() if "id" in body.get("required", ())}


def move_on(by: User) -> None:
    """Whoever acted has no role any more and sees nothing, and every site is closed."""
    by.assignments.update(ends_at=timezone.now())
    Site.objects.update(closed_at=timezone.now())


def test_every_address_of_an_act_is_walked():
    assert addresses_of_acts() == set(ADDRESSES)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_act_of_the_api_sent_again_is_answered_whatever_has_happened(address, world):
    by, path, facts = ADDRESSES[address](world)
    machine, body = Machine(by), {"id": str(uuid.uuid4())} | facts
    first = machine.post(path, body)
    assert first.status_code == 201, first.json()
    move_on(by)
    done = everything()
    again = machine.post(path, dict(reversed(body.items())))
    assert (again.status_code, {**again.json(), "matches": []}) == (201, {**first.json(), "matches": []})
    changed = machine.post(path, body | {"at": world.before.isoformat()})
    assert changed.status_code in (400, 403, 404, 409), changed.json()
    assert everything() == done


def test_an_act_with_an_id_of_somebody_else_is_judged_as_any_other(world):
    by, path, facts = ADDRESSES["households/{id}/depart/"](world)
    body = {"id": str(uuid.uuid4())} | facts
    assert Machine(by).post(path, body).status_code == 201
    stranger = Machine(make_user(world.volunteer.assignments.get().role, world.sisian))
    known = stranger.post(path, body)
    unknown = stranger.post(f"households/{uuid.uuid4()}/depart/", body | {"id": str(uuid.uuid4())})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


OLD = "32b273373fb94e98ee4f9825c144821cffe3b0590935bf74b3915203211ed8fd"
"""The digest of a count of seven, of 28 September 2023 at Goris, as the releases before `Act.sent` wrote it."""


def test_an_act_kept_by_an_earlier_release_is_answered():
    at = datetime(2023, 9, 28, 14, 5, tzinfo=UTC)
    Site.objects.create(
        pk=uuid.UUID("00000000-0000-4000-8000-000000000001"),
        code="meghri",
        name_en="Goris",
        kind="hotel",
        marz="AM-SU",
        opened_at=at,
    )
    desk, key = make_user(), uuid.uuid4()
    Act.objects.create(pk=key, kind="count_gate", at=at, by=desk, digest=OLD, answer={"gate_count": str(key)})
    body = {"id": str(key), "at": "2023-09-28T18:05:00+04:00", "site": "meghri", "people": 7}
    answer = Machine(desk).post("gate-counts/", body)
    assert (answer.status_code, answer.json()) == (201, {"gate_count": str(key)})
    changed = Machine(desk).post("gate-counts/", body | {"people": 8})
    assert (changed.status_code, changed.json()["code"]) == (409, "changed")
    assert not GateCount.objects.filter(site__code="meghri").exists()
