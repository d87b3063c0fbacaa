"""What costs or tells is bounded, and a burst of looks is said to who supervises."""

import uuid

import pytest
from django.core.cache import cache
from django.utils import timezone

from centre import limits
from centre.access import Role
from centre.bursts import MOST_MATCHED, MOST_OPENED, bursts
from centre.models import LogLine
from registrations.models import Household
from tests.api.conftest import Machine
from tests.build import make_site, make_user, register_family
from upkeep.watch.findings import findings

pytestmark = pytest.mark.django_db


@pytest.fixture
def goris():
    cache.clear()
    return make_site("goris")


def reached(limit, by):
    """As if the user had asked as often as they may."""
    cache.set(f"limit:{limit.name}:{by.pk}", limit.most, limit.within)


def read(answer):
    """The answer, read to its end: a list that is left half read holds its cursor into the next test."""
    if answer.streaming:
        answer.getvalue()
    return answer


DOORS = {
    "searches": ("get", "/families/", {"search": "Hakobyan"}),
    "matches": ("post", "/intake/matches/", {}),
    "looks": ("get", "/families/{number}/", {}),
    "files": ("get", "/families/list/", {"suffix": "csv", "language": "en", "why": "the evening list"}),
}
CALLS = {
    "emergencies": ("emergency-openings/", {"number": "of a family", "reason": "a child has a seizure"}),
    "searches": ("individuals/", {"search": "Hakobyan"}),
    "looks": ("households/{household}/", {}),
    "censuses": ("census/", {"on": "today"}),
    "files": ("census/{today}.csv", {"why": "the evening list"}),
}
LIMITS = {one.name: one for one in vars(limits).values() if isinstance(one, limits.Limit)}


def test_every_limit_has_a_door_here():
    assert set(DOORS) | set(CALLS) | {"houses"} == set(LIMITS)  # that one in tests/shelter/test_begun_houses.py


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_page_says_that_it_is_too_often_and_when_to_ask_again(client, goris, name):
    by = make_user(Role.COORDINATOR, goris)
    number = str(register_family(goris, make_user())).replace(" ", "")
    client.force_login(by)
    verb, address, said = DOORS[name]
    ask = getattr(client, verb)
    assert read(ask(address.format(number=number), said, follow=True)).status_code == 200
    reached(LIMITS[name], by)
    answer = ask(address.format(number=number), said, follow=True)
    assert (answer.status_code, answer["Retry-After"]) == (429, str(LIMITS[name].within))
    assert "then ask again" in answer.content.decode()


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_machine_reads_when_to_ask_again(goris, name):
    machine = Machine(make_user(Role.COORDINATOR, goris))
    today = timezone.localdate().isoformat()
    address, said = CALLS[name]
    address = address.format(today=today, household=register_family(goris, make_user()).pk)
    words = {"today": today, "of a family": str(Household.objects.get())}
    said = {key: words.get(value, value) for key, value in said.items()}
    ask = machine.post if name == "emergencies" else machine.get
    assert read(ask(address, **said)).status_code in (200, 201)
    reached(LIMITS[name], machine.user)
    answer = ask(address, **said)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert answer["Retry-After"] == str(LIMITS[name].within)


def test_who_asks_too_often_stops_nobody_else(client, goris):
    reached(limits.SEARCHES, make_user(Role.COORDINATOR, goris))
    client.force_login(make_user(Role.COORDINATOR, goris))
    assert client.get("/families/", {"search": "Hakobyan"}, follow=True).status_code == 200


def opened(by, families):
    LogLine.objects.bulk_create(
        LogLine(by=by, verb="opened", subject="household", subject_id=str(uuid.uuid4())) for _ in range(families)
    )


def test_a_burst_of_looks_is_said_to_who_supervises_and_to_nobody_else(client, goris):
    curious = make_user(Role.VOLUNTEER, goris, username="curious")
    opened(curious, MOST_OPENED)
    assert bursts(timezone.now()) == []
    opened(curious, 1)
    assert [(one.user, one.opened) for one in bursts(timezone.now())] == [(curious, MOST_OPENED + 1)]
    told = {}
    elsewhere = make_site("sisian")
    for role, site in ((Role.COORDINATOR, goris), (Role.COORDINATOR, elsewhere), (Role.VOLUNTEER, goris)):
        client.force_login(make_user(role, site))
        told[role, site] = f"curious opened {MOST_OPENED + 1} families" in client.get("/").content.decode()
    assert list(told.values()) == [True, False, False]
    assert "bursts" in {finding.code for finding in findings(timezone.now(), only="bursts")}


def test_three_failed_proofs_are_a_burst(goris):
    guesser = make_user(Role.VOLUNTEER, goris)
    for tries in (1, 2, 3):
        LogLine.objects.create(by=guesser, verb="refused", subject="household", fields=["proof"])
        assert len(bursts(timezone.now())) == (1 if tries == 3 else 0)


def test_guessing_at_one_family_is_a_burst_and_registering_many_is_none(client, goris):
    guesser, typist = make_user(Role.VOLUNTEER, goris, username="guesser"), make_user(Role.VOLUNTEER, goris)
    same, others = [str(uuid.uuid4())] * MOST_MATCHED, [str(uuid.uuid4()) for _ in range(2 * MOST_MATCHED)]
    for by, families in ((guesser, same), (typist, others)):
        LogLine.objects.bulk_create(
            LogLine(by=by, verb="matched", subject="household", subject_id=key) for key in families
        )
    assert bursts(timezone.now()) == []
    LogLine.objects.create(by=guesser, verb="matched", subject="household", subject_id=same[0])
    assert [(one.user, one.matched) for one in bursts(timezone.now())] == [(guesser, MOST_MATCHED + 1)]
    client.force_login(make_user(Role.COORDINATOR, goris))
    assert f"guesser asked {MOST_MATCHED + 1} times" in client.get("/").content.decode()
