"""A refusal of one button of a page stands beside that button, and not in the summary alone."""

import uuid

import pytest

from centre.access import Role
from shelter import inventory
from shelter.actions import place_household
from shelter.models import Place, Stay
from shelter.rollcalls import begin_roll_call
from tests.build import make_room, make_site, make_user, register_family

pytestmark = pytest.mark.django_db


def test_an_extra_bed_that_is_one_too_many_is_refused_beside_its_button(client):
    goris = make_site("goris")
    room = make_room(goris, inventory.MOST_PLACES)
    client.force_login(make_user(Role.COORDINATOR, goris))
    page = f"/shelter/rooms/{room.pk}/"
    assert 'id="bed_error"' not in client.get(page).content.decode()
    refused = client.post(f"{page}bed/", {"id": str(uuid.uuid4())})
    assert refused.status_code == 422
    told = refused.content.decode()
    assert 'aria-describedby="bed_error"' in told
    beside = told.partition('id="bed_error"')[2].partition("</ul>")[0]
    assert str(inventory.MOST_PLACES) in beside
    assert Place.objects.filter(room=room).count() == inventory.MOST_PLACES


@pytest.mark.parametrize(
    ("address", "names", "told"),
    [
        ("/shelter/family/{code}/place/", ["members"], "Choose at least one room."),
        ("/shelter/family/{code}/hold/", ["members"], "Choose at least one room."),
        ("/shelter/move/", ["stays"], "Choose at least one room."),
        ("/shelter/move/", ["rooms"], "Tick whose beds you mean."),
        ("/shelter/move/", [], "Choose at least one room."),
        ("/shelter/swap/", [], "Tick whose beds you mean."),
        ("/shelter/end/", [], "Tick whose beds you mean."),
        ("/shelter/keep/", [], "Tick whose beds you mean."),
        ("/shelter/check-in/", [], "Tick whose beds you mean."),
        ("/shelter/house/goris/check-in/", [], "Tick whose beds you mean."),
        ("/shelter/house/goris/roll-call/", ["here", "roll_call"], "Tick who was seen."),
        ("/shelter/house/goris/roll-call/", ["tick", "roll_call"], "Tick who was seen."),
        ("/shelter/house/goris/roll-call/", ["roll_call", "card"], "Scan a card, or type its number."),
    ],
)
def test_nothing_ticked_is_refused_in_words(client, address, names, told):
    goris = make_site("goris")
    coordinator = make_user(Role.COORDINATOR, goris)
    family, room = register_family(goris, coordinator), make_room(goris, 3)
    place_household(family, rooms=[room], by=coordinator)
    sent = {
        "id": str(uuid.uuid4()),
        "members": [str(one.individual_id) for one in family.memberships.all()],
        "stays": [str(one.pk) for one in Stay.objects.all()],
        "rooms": str(make_room(goris, 3).pk),
        "roll_call": begin_roll_call(goris, by=coordinator).roll_call,
        "here": "",
        "tick": "",
        "card": "",
    }
    client.force_login(coordinator)
    page = address.format(code=str(family).replace(" ", ""))
    refused = client.post(page, {name: sent[name] for name in ("id", *names)})
    assert (refused.status_code, told in refused.content.decode()) == (422, True)
