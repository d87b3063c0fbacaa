"""A number typed without its letter: every door says so, and not that there is no such family; none tells of others."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.test import Client

from centre.access import Role
from centre.models import Site
from registrations.models import Household
from shelter.actions import place_household
from shelter.models import Stay
from tests.api.world import plan_blankets
from tests.build import make_room, make_site, make_user, person, register_family
from tests.transport.conftest import make_run

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
SENTENCE = "A family&#x27;s number ends with a letter, such as 4127 B: type the letter too."


class World(NamedTuple):
    """Who asks, at which site, about which family."""

    client: Client
    site: Site
    family: Household
    said: dict[str, Any]

    @property
    def bare(self) -> str:
        """The digits alone."""
        return str(self.family.number)

    @property
    def page(self) -> str:
        """Where the family's own pages begin."""
        return f"/families/{str(self.family).replace(' ', '')}/"

    def post(self, address: str, **said: str) -> Any:
        """What a form answers."""
        return self.client.post(address, {"id": str(uuid.uuid4())} | said)


def _swap(world: World) -> Any:
    said = {"stays": str(Stay.objects.latest("pk").pk), "other": world.bare}
    return world.post("/shelter/swap/?family=" + str(world.family).replace(" ", ""), **said)


# Which code reads a number, and a page or an answer of it
DOORS: dict[str, tuple[str, Callable[[World], Any]]] = {
    "shelter/views.py": (Role.COORDINATOR, lambda world: world.client.get("/shelter/", {"family": world.bare})),
    "desk/views.py": (
        Role.COORDINATOR,
        lambda world: world.client.get("/families/", {"search": world.bare}, follow=True),
    ),
    "shelter/forms.py": (Role.COORDINATOR, _swap),
    "desk/belonging_forms.py": (Role.COORDINATOR, lambda world: world.post(f"{world.page}part/", to=world.bare)),
    "desk/forms.py": (
        Role.COORDINATOR,
        lambda world: world.client.get("/duplicates/", {"one": world.bare, "other": world.bare}),
    ),
    "cards/in_hand.py": (Role.COORDINATOR, lambda world: world.post("/intake/arrive/", card=world.bare)),
    "houses/door_views.py": (
        Role.COORDINATOR,
        lambda world: world.post(f"/shelter/house/{world.site.code}/scan/", card=world.bare),
    ),
    "transport/forms.py": (
        Role.COORDINATOR,
        lambda world: world.post(f"/buses/{world.said['run'].pk}/scan/on/", card=world.bare),
    ),
    "plans/forms.py": (
        Role.COORDINATOR,
        lambda world: world.post("/plans/apart/", household=world.bare, other=world.bare, reason="asked"),
    ),
    "aid/forms.py": (Role.AID_VOLUNTEER, lambda world: world.client.get("/aid/scan/", {"number": world.bare})),
    "aid/views.py": (
        Role.COORDINATOR,
        lambda world: world.client.get(f"/aid/distributions/{world.said['round'].pk}/", {"number": world.bare}),
    ),
    "desk/handouts_on_paper.py": (
        Role.AID_VOLUNTEER,
        lambda world: world.post(f"/aid/distributions/{world.said['round'].pk}/paper/", number=world.bare),
    ),
    "desk/filters.py": (Role.AUDITOR, lambda world: world.client.get("/settings/log/shown/", {"number": world.bare})),
}
OF_THE_API = {"aid/api.py", "desk/bodies.py", "desk/said_bodies.py", "aid/filters.py", "registrations/filters.py"}


@pytest.fixture
def goris() -> Site:
    return make_site("goris")


def world_of(role: str, goris: Site) -> World:
    """A family that sleeps at Goris, and a colleague there with this role."""
    by = make_user()
    family = register_family(goris, by, person("Ani"))
    place_household(family, rooms=[make_room(goris)], by=by)
    run, round_ = make_run(goris, make_site("sisian"), by=by), plan_blankets(goris, by)
    client = Client()
    client.force_login(make_user(role, None if role == Role.AUDITOR else goris))
    return World(client, goris, family, {"run": run, "round": round_})


@pytest.mark.parametrize("door", DOORS)
def test_a_number_without_its_letter_is_said_to_lack_it(goris, door):
    role, ask = DOORS[door]
    answer = ask(world_of(role, goris))
    assert answer.status_code in (200, 422)
    assert SENTENCE in answer.content.decode()
    assert "No family" not in answer.content.decode()


def test_where_aid_is_handed_out_the_letter_that_lacks_is_not_told(goris):
    role, ask = DOORS["aid/forms.py"]
    world = world_of(role, goris)
    assert str(world.family) not in ask(world).content.decode()


def test_every_page_that_reads_a_number_has_a_line_here():
    reads = ("NumberField(", "CardField(", "NumberFilter(", "look_up_card(", "read_card_text(", "import read_number")
    defines = ("registrations/", "cards/fields.py", "desk/intake_views.py")
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("*/*.py")
        if path.parent.name != "tests" and any(word in path.read_text() for word in reads)
    }
    assert {one for one in found if not one.startswith(defines)} - OF_THE_API == set(DOORS)


@pytest.mark.parametrize(("address", "field"), [("/shelter/", "family"), ("/families/", "search")])
def test_the_family_that_may_be_meant_is_offered_to_who_sees_it_alone(goris, address, field):
    world = world_of(Role.COORDINATOR, goris)
    hidden = make_site("house", confidential=True)
    unseen = register_family(hidden, make_user(Role.COORDINATOR, hidden), person("Nare"))
    nobody = Household.objects.latest("number").number + 100
    offered, secret, none = (
        world.client.get(address, {field: number}, follow=True).content.decode()
        for number in (world.bare, unseen.number, nobody)
    )
    assert f"Is it {world.family}?" in offered
    assert SENTENCE in secret
    assert SENTENCE in none
    assert "Is it " not in secret + none
