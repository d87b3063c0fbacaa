"""What was sent is answered as it was when it is sent again, whatever has happened since."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from centre.acts import digest_of
from centre.keyed import under_key
from centre.models import Act, Assignment, Site
from centre.sent import read_sent
from registrations.models import Movement
from tests.api.conftest import API, Machine, intake, member
from tests.api.world import plan_blankets
from tests.build import make_room, make_site, make_user


def of_family(verb, **facts):
    return lambda m, family: (f"households/{family['household']}/{verb}/", facts)


def until(hours):
    return (timezone.now() + timedelta(hours=hours)).isoformat()


def a_room(machine):
    return [str(make_room(Site.objects.get(code="goris")).pk)]


def stay(machine, family, verb="place", **facts):
    placed = machine.post(
        f"households/{family['household']}/{verb}/", id=str(uuid.uuid4()), rooms=a_room(machine), **facts
    )
    assert placed.status_code == 201, placed.json()
    one, two = placed.json()["stays"]
    return one, [two]


def place_stay(verb, first="place", rooms=False, **kept):
    def make(machine, family):
        facts = {"until": until(5)} if first == "hold" else {}
        one, also = stay(machine, family, first, **facts)
        return f"stays/{one}/{verb}/", {"also": also} | ({"rooms": a_room(machine)} if rooms else {})

    return make


def handing_out(machine, family):
    distribution = plan_blankets(Site.objects.get(code="goris"), make_user())
    return "handouts/", {"distribution": str(distribution.pk), "number": family["number"]}


def taking_back(machine, family):
    address, facts = handing_out(machine, family)
    handout = machine.post(address, **facts).json()["handout"]
    return f"handouts/{handout}/reverse/", {"reason": "wrong card"}


def voiding(machine, family):
    movement = Movement.objects.filter(individual=family["individuals"][0]).first()
    return f"movements/{movement.pk}/void/", {}


def voiding_a_count(machine, family):
    counted = machine.post("gate-counts/", site="goris", people=7).json()["gate_count"]
    return f"gate-counts/{counted}/void/", {"reason": "counted twice"}


ACTS = {
    "register": lambda m, f: ("intakes/", intake(member("Karen"))),
    "pre_register": lambda m, f: ("pre-registrations/", {"site": "goris", "going": "stays", "groups": [{"count": 1}]}),
    "depart": of_family("depart", site="goris", destination="abroad"),
    "arrive": of_family("arrive", site="sisian"),
    "hold": lambda m, f: (f"households/{f['household']}/hold/", {"rooms": a_room(m), "until": until(5)}),
    "place": lambda m, f: (f"households/{f['household']}/place/", {"rooms": a_room(m)}),
    "check_in": place_stay("check-in", first="hold"),
    "move": place_stay("move", rooms=True),
    "end_stay": place_stay("end"),
    "died": lambda m, f: (f"individuals/{f['individuals'][0]}/died/", {"site": "goris"}),
    "void": voiding,
    "count_gate": lambda m, f: ("gate-counts/", {"site": "goris", "people": 7}),
    "void_gate_count": voiding_a_count,
    "hand_out": handing_out,
    "reverse_handout": taking_back,
    "open_in_emergency": lambda m, f: (
        "emergency-openings/",
        {"number": f["card"], "reason": "she needs her medicine now"},
    ),
}


@pytest.fixture
def desk(goris):
    make_site("sisian")
    return Machine(make_user(Role.COORDINATOR))


@pytest.fixture
def family(desk):
    return desk.post("intakes/", intake(member(), member("Narek", relationship="son"))).json()


def move_on(user):
    """Everybody leaves, every site closes, and the role of whoever acted ends: nothing of it is theirs to see."""
    now = timezone.now()
    Assignment.objects.filter(user=user).update(ends_at=now)
    Site.objects.update(closed_at=now, confidential=True)


@pytest.mark.parametrize("kind", ACTS)
def test_an_act_sent_again_after_the_world_moved_on_is_answered_as_it_was(kind, desk, family):
    address, facts = ACTS[kind](desk, family)
    body = {"id": str(uuid.uuid4())} | facts
    first = desk.post(address, body)
    assert first.status_code == 201, first.json()
    move_on(desk.user)
    again = desk.post(address, dict(reversed(body.items())))
    assert (again.status_code, again.json()) == (201, first.json() | ({"matches": []} if kind == "register" else {}))
    assert list(again.json()) == list(first.json()), "in the same order too: it is the same answer, byte for byte"


@pytest.mark.parametrize("kind", ["depart", "hand_out"])
def test_the_id_of_another_tells_nothing(kind, desk, family):
    address, facts = ACTS[kind](desk, family)
    body = {"id": str(uuid.uuid4())} | facts
    done = desk.post(address, body).json()
    other = Machine(make_user(Role.COORDINATOR))
    answer = other.post(address, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "changed")
    assert not set(done) & set(answer.json())


def test_other_facts_under_the_same_id_are_refused(desk, family):
    body = {"id": str(uuid.uuid4()), "site": "goris", "people": 7}
    desk.post("gate-counts/", body)
    answer = desk.post("gate-counts/", body | {"people": 8})
    assert (answer.status_code, answer.json()["code"]) == (409, "changed")


def test_an_act_of_a_release_with_other_fields_is_answered(desk, goris):
    """Its facts have another shape by now, so their digest is another; what was sent is the same."""
    body = {"id": str(uuid.uuid4()), "site": "goris", "people": 7}
    sent = read_sent(body["id"], f"{API}gate-counts/", body)
    kept(sent.id, desk.user, digest="of another shape", sent_digest=sent.digest)
    assert desk.post("gate-counts/", body).json() == KEPT
    assert desk.post("gate-counts/", body | {"people": 8}).json()["code"] == "changed"


def test_an_act_of_before_the_digest_of_what_was_sent_is_answered_by_its_facts(desk, goris):
    body = {"id": str(uuid.uuid4()), "site": "goris", "people": 7}
    kept(body["id"], desk.user, digest=under_key(digest_of("count_gate", {"site": goris, "people": 7, "at": None})))
    assert desk.post("gate-counts/", body).json() == KEPT


KEPT = {"gate_count": str(uuid.uuid4())}


def kept(key, user, **digests):
    Act.objects.create(id=key, kind="count_gate", at=timezone.now(), by=user, answer=KEPT, **digests)
