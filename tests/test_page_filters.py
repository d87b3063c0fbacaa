"""What an address asks a page for and is not understood is said there, and nothing is narrowed by it."""

import re
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from centre.access import Role
from centre.models import User
from centre.shift import CHOSEN
from shelter.houses_asked import read_asked
from tests.api.world import World, furnish
from tests.build import make_user

ROOT = Path(settings.BASE_DIR)
NONSENSE = "zz-9"
LEFT_OUT = "nothing is narrowed by it"
BESIDE = 'class="error"'
SUMMARY = "data-error-summary"
NO_NUMBER = "A number is digits and a letter"

# Of each page what its address may ask for; where there is no field beside which it could stand, it is said above
FILTERS = [
    ("/shelter/", "free", "-5", BESIDE),
    ("/shelter/", "free", NONSENSE, BESIDE),
    ("/shelter/", "km", "abc", BESIDE),
    ("/shelter/", "marz", NONSENSE, BESIDE),
    ("/shelter/", "house", "x" * 61, BESIDE),
    ("/shelter/", "site", NONSENSE, "The house in this address"),
    ("/shelter/", "room", NONSENSE, "The room in this address"),
    ("/shelter/", "room", str(uuid.UUID(int=1)), "The room in this address"),
    ("/shelter/", "family", NONSENSE, NO_NUMBER),
    ("/shelter/rooms/", "site", NONSENSE, LEFT_OUT),
    ("/shelter/rooms/", "step_free", NONSENSE, LEFT_OUT),
    ("/shelter/rooms/", "ground_floor", NONSENSE, LEFT_OUT),
    ("/shelter/rooms/enter/", "site", NONSENSE, LEFT_OUT),
    ("/houses/tonight/", "house", NONSENSE, LEFT_OUT),
    ("/shelter/house/{site}/sleeping/", "room", NONSENSE, LEFT_OUT),
    ("/shelter/house/{site}/sleeping/", "at", NONSENSE, SUMMARY),
    ("/houses/nights/", "month", NONSENSE, SUMMARY),
    ("/houses/sites/{site}/nights/", "month", NONSENSE, SUMMARY),
    ("/buses/", "site", NONSENSE, BESIDE),
    ("/buses/", "state", NONSENSE, BESIDE),
    ("/cases/", "site", NONSENSE, BESIDE),
    ("/cases/", "kind", NONSENSE, BESIDE),
    ("/cases/", "urgency", NONSENSE, BESIDE),
    ("/cases/", "whose", NONSENSE, BESIDE),
    ("/families/", "site", NONSENSE, BESIDE),
    ("/settings/log/", "by", NONSENSE, BESIDE),
    ("/settings/log/", "day", NONSENSE, BESIDE),
    ("/census/{day}/", "by", NONSENSE, LEFT_OUT),
    ("/census/{day}/", "revision", NONSENSE, LEFT_OUT),
    ("/aid/distributions/{round}/", "number", NONSENSE, NO_NUMBER),
    ("/aid/stock/{site}/receive/", "item", NONSENSE, LEFT_OUT),
    ("/families/{family}/told/", "language", NONSENSE, LEFT_OUT),
]
# What else a page reads of its address by hand: to lead on, to turn pages, to take out a file, to look somebody up
TURNS = {"page"}
OTHERWISE = {
    "centre/asked.py": {"search", "ASKED"},  # words of a search, which are kept out of the address
    "centre/views.py": {"next"},
    "centre/doors.py": {"name"},  # offered() says what it does not understand
    "census/views.py": {"mark"},
    "aid/scan_views.py": {"done", "number"},
    "desk/intake_views.py": {"card"},
    "desk/forms.py": {"why"},
    "shelter/views.py": {"since", "family"},  # of no moment: refused; of no family: said
}
# Read by hand, and said where it is not understood: each stands among the filters above
BY_HAND = {
    "shelter/views.py": {"site"},
    "aid/views.py": {"number", "item"},
    "houses/door_views.py": {"room"},
    "houses/night_views.py": {"month"},
}
READS = re.compile(r"""request\.GET(?:\.get\(|\[)"?(\w+)"?|"(\w+)" in request\.GET""")


@pytest.fixture
def everyone(db) -> tuple[User, World]:
    world = furnish("goris")
    user = make_user(Role.COORDINATOR)
    for role in (Role.PROTECTION, Role.ADMINISTRATOR, Role.AUDITOR):
        user.assignments.create(role=role, starts_at=world.site.opened_at)
    return user, world


@pytest.mark.parametrize(("page", "name", "nonsense", "said"), FILTERS, ids=lambda part: str(part)[:24])
def test_what_is_not_understood_is_said_and_narrows_nothing(client, everyone, page, name, nonsense, said):
    user, world = everyone
    address = page.format(
        site=world.site.code,
        day=timezone.localdate(),
        round=world.rows["distributions"].pk,
        family=str(world.rows["households"]).replace(" ", ""),
    )
    client.force_login(user)
    session = client.session
    session[CHOSEN] = world.site.code
    session.save()
    plain = client.get(address)
    assert plain.status_code == 200, address
    asked = client.get(address, {name: nonsense})
    assert asked.status_code in (200, 422)
    told = asked.content.decode()
    assert (said in plain.content.decode(), said in told) == (False, True)
    for row in re.findall(r'<t[hd][^>]*>\s*<a [^>]*href="(/[^"?]*)"', plain.content.decode()):
        assert f'href="{row}' in told, f"{row} is left out"


def test_what_is_understood_beside_nonsense_still_narrows():
    form, asked = read_asked({"free": "-5", "km": "abc", "house": "Goris"})
    assert (asked.name, asked.free, asked.km) == ("Goris", 0, 0)
    assert set(form.errors) == {"free", "km"}


def test_no_page_reads_its_address_unseen():
    """A view that reads a word of its address by hand says what it does not understand, or is named above."""
    reading = {
        str(path.relative_to(ROOT)): {name for names in READS.findall(path.read_text()) for name in names if name}
        for app in ROOT.iterdir()
        if (app / "urls.py").exists()
        for path in app.glob("*.py")
    }
    unsaid = {
        file: words
        for file, names in reading.items()
        if (words := names - TURNS - {"name"} - OTHERWISE.get(file, set()) - BY_HAND.get(file, set()))
    }
    assert unsaid == {}


def test_what_is_read_by_hand_is_asked_above():
    asked = {name for _page, name, _nonsense, _said in FILTERS}
    assert set().union(*BY_HAND.values()) - asked == set()
    # The board reads its address as a whole
    board = (ROOT / "shelter/board.py").read_text()
    words = set(re.findall(r'asked(?:\.get\(|\[)"(\w+)"', board))
    assert words <= asked | {"full", "all", "everywhere", "houses"}
