"""What `make bench` measures, and the table it prints, in Markdown."""

import platform
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, islice
from random import Random
from typing import Any
from urllib.parse import quote

import django

django.setup()

from django.conf import settings  # noqa: E402 - the settings are read first
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from aid.actions import Rule, plan_distribution  # noqa: E402
from aid.models import Item  # noqa: E402
from casework.kinds import Kind, Reason, Urgency  # noqa: E402
from casework.laying import lay_out  # noqa: E402
from casework.models import Case, Step  # noqa: E402
from casework.parts import open_cases, record_steps  # noqa: E402
from casework.tracing import TracingRequest  # noqa: E402
from casework.tracing_actions import rematch_open_searches, seek_person  # noqa: E402
from census.actions import take_snapshots  # noqa: E402
from centre.access import Role  # noqa: E402
from centre.models import Act, Site, User  # noqa: E402
from centre.tokens import make_token  # noqa: E402
from demonstration.people import InventedFamily, invent_families  # noqa: E402
from registrations.models import Individual, Presence  # noqa: E402
from registrations.numbers import write_number  # noqa: E402
from shelter.models import Room  # noqa: E402
from tests.bench.bare import bare_inserts  # noqa: E402
from tests.bench.boards import ACTS, sight_of_acts  # noqa: E402
from tests.bench.files import take_file  # noqa: E402
from tests.bench.filling import HOTELS, fill, make_staff  # noqa: E402
from tests.bench.measuring import Call, Timing, measure  # noqa: E402
from tests.bench.race import race_for_a_bed  # noqa: E402
from tests.servers import Desk, Server, serve  # noqa: E402

WORKERS, THREADS = 2, 4
ALONE, TOGETHER = 200, 800
CLIENTS = 8
OPEN_CASES, OPEN_SEARCHES = 15_000, 2_000
CASES_AT_ONCE = 100
EVENING = (
    (f"board of {HOTELS} houses, the page", "/shelter/"),
    ("the same, whether it changed", f"/shelter/changed/?since={quote(timezone.now().isoformat())}"),
    (f"tonight, {HOTELS} houses", "/houses/tonight/"),
    (f"bed nights of the month, {HOTELS} houses", "/houses/nights/"),
)
FILES = (
    ("families, a row a person (CSV)", "/api/v1/households.csv?why=bench&lang=hy"),
    ("the same once more", "/api/v1/households.csv?why=bench&lang=hy"),
    ("families, a row a person (XLSX)", "/api/v1/households.xlsx?why=bench&lang=hy"),
    ("census of today (CSV)", f"/api/v1/census/{timezone.localdate()}.csv?why=bench&lang=hy"),
    ("census of today (XLSX)", f"/api/v1/census/{timezone.localdate()}.xlsx?why=bench&lang=hy"),
)


def main(people: int) -> None:
    """Fill, measure, print."""
    say(f"Commit {commit()}, Python {platform.python_version()}, {platform.machine()}, DEBUG={settings.DEBUG}.")
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    rows = fill(people)
    say(f"Filled in {time.perf_counter() - began:.0f} s: " + ", ".join(f"{n:,} {t}" for t, n in rows.items()) + ".")
    say(f"Gunicorn with {WORKERS} processes of {THREADS} threads; the clients are threads of one process beside it.\n")
    goris = Site.objects.get(code="goris")
    staff = make_staff(Role.COORDINATOR, None, "coordinator")
    volunteer = make_staff(Role.VOLUNTEER, goris, "volunteer")
    take_snapshots(timezone.now() - timedelta(days=1), sites=list(Site.objects.all()))
    timings = []
    say("| what | clients | median ms | p95 ms | a second | bytes an answer |\n|---|---|---|---|---|---|")
    with serve(WORKERS, THREADS) as server:
        for t in measured(server, goris, staff, volunteer):
            timings.append(t)
            size = t.bytes // len(t.seconds)
            say(f"| {t.name} | {t.clients} | {t.median:.1f} | {t.p95:.1f} | {t.rate:.1f} | {size} |")
        until = timezone.now() + timedelta(hours=1)
        taken = [(file, take_file(server.port, make_token(staff, "files", until), path)) for file, path in FILES]
        race = race_for_a_bed(server, goris, staff)
        boards = sight_of_boards(server, goris, staff)
    say("\n| file | first byte s | whole s | MB | memory grew by MB |\n|---|---|---|---|---|")
    for file, t in taken:
        say(f"| {file} | {t.first:.2f} | {t.whole:.2f} | {t.bytes / 1e6:.1f} | {t.grown / 1000:.0f} |")
    say(f"\n{race}")
    say(f"\n{boards}")
    say(f"\n{rematched()}")
    rate = 500 / bare_inserts(settings.DATABASE_URL, goris.pk, staff.pk, 500)
    register = next(t for t in timings if t.name.startswith("register") and t.clients == CLIENTS)
    say(f"\nBare INSERTs of a family of five by psycopg: {rate:.0f} a second, {rate / register.rate:.1f} × ours.")
    say(f"The bench process itself used {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB at most.")


def measured(server: Server, goris: Site, staff: User, volunteer: User) -> Iterator[Timing]:
    """Each operation, alone and from eight clients."""
    officer = make_staff(Role.PROTECTION, None, "officer")
    until = timezone.now() + timedelta(hours=12)
    coordinator, desk = make_token(staff, "bench", until), make_token(volunteer, "bench", until)

    def both(
        name: str, key: str | Desk, calls: Iterator[Call], *, status: int = 200, fewer: int = 1
    ) -> Iterator[Timing]:
        for clients, number in ((1, ALONE // fewer), (CLIENTS, TOGETHER // fewer)):
            for length in (10, number):  # the first is to warm up
                timing, answers = measure(name, server.port, key, calls, length, clients, lambda s: s == status)
                written.extend(answers)
            yield timing

    written: list[Any] = []
    yield from both("register a family of five, with matches", desk, intakes(goris), status=201)
    yield from both("search by name", desk, searches())
    yield from both("search by name, all sites", coordinator, searches())
    yield from both("place a family of five", coordinator, placements(written), status=201)
    house = server.sign_in(staff)
    for name, path in EVENING:
        yield from both(name, house, pages(path), fewer=4)
    yield from both("hand out", coordinator, handouts(staff), status=201)
    yield from both("census of a day, from rows", coordinator, censuses(), fewer=20)
    protection = make_token(officer, "bench", until)
    yield from both("search for a person", protection, searches_for_people(), status=201, fewer=4)
    follow_cases(OPEN_CASES - Case.objects.open().count(), officer)
    yield from both(f"queue of {OPEN_CASES:,} cases, the page", server.sign_in(officer), pages("/cases/"))
    mine = pages("/cases/?whose=mine&overdue=true")
    yield from both("the same, what is mine and overdue", server.sign_in(officer), mine)
    yield from both(f"queue of {OPEN_CASES:,} cases, the API", protection, pages("/api/v1/cases/?open=true"))
    ask_for_searches(OPEN_SEARCHES - TracingRequest.objects.open().count(), officer)
    yield from both(f"register, with {OPEN_SEARCHES:,} people sought", desk, intakes(goris, "late"), status=201)


def sight_of_boards(server: Server, site: Site, staff: User) -> str:
    """How soon every open board knows that a family was placed."""
    key = make_token(staff, "boards", timezone.now() + timedelta(hours=1))
    _, families = measure("register", server.port, key, intakes(site, "boards"), ACTS, 1, lambda status: status == 201)
    return sight_of_acts(server.port, server.sign_in(staff), key, placements(families))


def fives(seed: str) -> Iterator[InventedFamily]:
    """Invented families of five, without end."""
    return (family for family in invent_families(seed, mistakes=0.1) if len(family.members) == 5)


def intakes(site: Site, seed: str = "bench") -> Iterator[Call]:
    """A family of five at the desk, now."""
    for family in fives(seed):
        body = family.as_intake(id=uuid.uuid4(), at=timezone.now(), site=site.code)
        body.pop("destination_marz", None)
        yield "POST", "/api/v1/intakes/", body | {"at": timezone.now().isoformat(), "going": "shelter"}


def searches() -> Iterator[Call]:
    """Names as they are asked for: drawn from the people, every second one misspelt."""
    rng = Random(7)
    names = list(Individual.objects.values_list("given_name", "family_name")[:20000])
    for number in count():
        given, family = rng.choice(names)
        if number % 2 and len(family) > 4:
            place = rng.randrange(1, len(family) - 1)
            family = family[:place] + family[place + 1 :]
        yield "GET", f"/api/v1/individuals/?search={quote(f'{given} {family}')}", None


def placements(registered: list[Any]) -> Iterator[Call]:
    """The families just registered, each into two rooms of four that are free."""
    taken = set(Room.objects.filter(stays__isnull=False).values_list("pk", flat=True))
    rooms = iter(Room.objects.exclude(pk__in=taken).order_by("site", "name").values_list("pk", "site"))
    for answer in [answer for answer in registered if "household" in answer]:
        pair = list(islice(rooms, 2))
        while pair[0][1] != pair[1][1]:
            pair = [pair[1], next(rooms)]
        body = {"id": uuid.uuid4(), "at": timezone.now().isoformat(), "rooms": [str(room) for room, _ in pair]}
        yield "POST", f"/api/v1/households/{answer['household']}/place/", body


def handouts(by: User) -> Iterator[Call]:
    """One distribution a site; each family there once."""
    parcel = Item.objects.create(code="parcel", name_en="Food parcel")
    now = timezone.now()
    here = Presence.objects.at(now).filter(individual__memberships__position=0)  # not elsewhere
    families = here.values_list("individual__memberships__household__number", "site")
    plans: dict[Any, str] = {}
    for number, site in list(families[:5000]):
        if site not in plans:
            rules = [Rule(parcel, "person", 1)]
            begun = now - timedelta(hours=1)
            there = Site.objects.get(pk=site)
            plan = plan_distribution(there, name="Bench", starts_at=begun, ends_at=None, rules=rules, by=by)
            plans[site] = plan.distribution
        body = {"id": uuid.uuid4(), "distribution": plans[site], "number": write_number(number)}
        yield "POST", "/api/v1/handouts/", body | {"at": timezone.now().isoformat()}


def censuses() -> Iterator[Call]:
    """The census of this moment."""
    while True:
        yield "GET", "/api/v1/census/", None


def pages(path: str) -> Iterator[Call]:
    """The same page, again and again."""
    while True:
        yield "GET", path, None


def follow_cases(number: int, officer: User) -> None:
    """So many more cases of all kinds and urgencies; a third is the officer's, of those half overdue."""
    with transaction.atomic():
        now = timezone.now()
        act = Act.objects.create(id=uuid.uuid4(), kind="open_case", at=now, by=officer)
        people = list(Individual.objects.order_by("?").values_list("pk", flat=True)[:number])
        for place in range(0, len(people), CASES_AT_ONCE):
            kind, urgency = (list(some)[place // CASES_AT_ONCE % len(some)] for some in (Kind, Urgency))
            some, site = people[place : place + CASES_AT_ONCE], Site.objects.order_by("?")[0]
            facts = {"kind": kind, "urgency": urgency, "site": site, "act": act, "by": officer}
            new = open_cases(some, reason=Reason.OPENED, words="To be looked after.", **facts)
            taken, write = new[::3], {"at": now, "act": act, "by": officer}
            record_steps(taken, kind=Step.Kind.TAKEN, follower=officer, **write)
            record_steps(taken[::2], kind=Step.Kind.PLANNED, due_at=now - timedelta(hours=1), words="Visit.", **write)
            lay_out(new)


def sought_people() -> Iterator[tuple[Any, dict[str, Any]]]:
    """Who seeks, and whom: every second one is registered, under a name with an error in it."""
    people = list(Individual.objects.order_by("pk").values_list("pk", flat=True)[:20000])
    invented = (person for family in fives("sought") for person in family.members)
    names = Individual.objects.order_by("-pk").values_list("given_name", "family_name")[:20000]
    for number, (person, one, (given, family)) in enumerate(zip(people, invented, names, strict=False)):
        if number % 2:
            yield person, {"given_name": given, "family_name": family[:3] + family[4:]}
        else:
            yield person, {"given_name": one.given_name, "family_name": one.family_name}


def searches_for_people() -> Iterator[Call]:
    """People of whom each seeks one."""
    for person, said in sought_people():
        body = {"id": uuid.uuid4(), "at": timezone.now().isoformat(), "age": 40} | said
        yield "POST", f"/api/v1/individuals/{person}/seek/", body


def ask_for_searches(number: int, by: User) -> None:
    """So many more people are sought."""
    for person, said in islice(sought_people(), 1000, 1000 + max(number, 0)):
        seek_person(Individual.objects.get(pk=person), **said, by=by)


def rematched() -> str:
    """How long the night's comparison of everybody who is sought takes."""
    searches, began = TracingRequest.objects.open().count(), time.perf_counter()
    found = rematch_open_searches()
    return f"{searches:,} searches matched again in {time.perf_counter() - began:.1f} s, {found} new."


def commit() -> str:
    """The commit that is measured."""
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    finally:
        connection.close()
