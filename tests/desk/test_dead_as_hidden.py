"""To who is told of neither, a member who died and one at a confidential site are the same, to the letter."""

import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from centre.access import Role
from desk.actions import arrive, record_death
from desk.telling_deaths import tell_family_of_death
from registrations.models import Household, Individual
from tests.api.conftest import Machine
from tests.build import make_site, make_user, person, register_family
from tests.desk.test_told import HOUR
from tests.promises.test_hidden_is_nothing import PASSING, UUID

pytestmark = pytest.mark.django_db


class Family:
    """A couple and his mother in Goris; the officer, and a site in confidence."""

    def __init__(self) -> None:
        self.goris, self.haven, self.kapan = (
            make_site("goris"),
            make_site("haven", confidential=True),
            make_site("kapan"),
        )
        self.officer = make_user(Role.PROTECTION)
        suren = person("Suren", sex="M", relationship="spouse")
        mother = person("Vard", relationship="parent")
        self.household = register_family(
            self.goris, self.officer, person(), suren, mother, at=timezone.now() - 9 * HOUR
        )
        self.man = Individual.objects.get(given_name="Suren")

    def die(self) -> None:
        record_death(self.man, site=self.goris, told_of=self.household, by=self.officer)

    def hide(self) -> None:
        arrive(self.household, site=self.haven, members=[self.man.pk], by=self.officer)

    @property
    def page(self) -> str:
        return f"/families/{str(self.household).replace(' ', '')}/"


def answers(family: Family, user: Any) -> dict[str, tuple[int, str]]:
    """What the pages and the API answer of the family; what an act writes is taken back."""
    client, machine, key = Client(), Machine(user), str(family.household.pk)
    client.force_login(user)
    man = [str(family.man.pk)]
    asked = {tail: lambda tail=tail: client.get(family.page + tail) for tail in ("", "arrive/", "back/", "told/")}
    for name, body in {
        "arrive": {"site": "goris"},
        "arrive elsewhere": {"site": "kapan"},
        "arrive by name": {"site": "goris", "members": man},
        "head": {"head": man[0]},
        "place": {"rooms": [str(uuid.UUID(int=1))]},
    }.items():
        address = f"households/{key}/{name.split()[0]}/"
        asked[f"POST {name}"] = lambda address=address, body=body: machine.post(address, id=str(uuid.uuid4()), **body)
    for name, body in {
        "open-case": {"kind": "medical", "urgency": "now"},
        "observe": {"sign": "private_talk", "site": "goris"},
        "needs": {"add": ["SM-CC"]},
        "died": {"site": "goris"},
    }.items():
        address = f"individuals/{man[0]}/{name}/"
        asked[f"POST {name}"] = lambda address=address, body=body: machine.post(address, id=str(uuid.uuid4()), **body)
    asked["list"] = lambda: client.get("/families/")
    asked["pressed"] = lambda: client.post(f"{family.page}arrive/", {"id": str(uuid.uuid4())})
    asked["who is back"] = lambda: client.post(f"{family.page}back/", {"id": str(uuid.uuid4()), "members": man})
    return {name: _plain(ask) for name, ask in asked.items()}


def _plain(ask: Any) -> tuple[int, str]:
    cache.clear()
    with transaction.atomic():
        answer = ask()
        transaction.set_rollback(True)
    text = UUID.sub("", PASSING.sub("", answer.content.decode()))
    return answer.status_code, re.sub(r"\d{4}-\d\d-\d\d[T ][\d:.+]*", "", text)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
@pytest.mark.parametrize("others", ["here", "gone", "none"])
def test_who_died_and_who_is_hidden_read_the_same(role, others):
    family = Family()
    user = make_user(role, family.goris)
    rest = list(Individual.objects.exclude(pk=family.man.pk))
    if others == "gone":
        arrive(family.household, site=family.kapan, members=[one.pk for one in rest], by=family.officer)
    if others == "none":
        Household.objects.get(pk=family.household.pk).memberships.exclude(counted_as=family.man).update(
            left_at=timezone.now()
        )
    worlds = []
    for happens in (family.die, family.hide):
        with transaction.atomic():
            happens()
            worlds.append(answers(family, user))
            transaction.set_rollback(True)
    dead, hidden = worlds
    assert {name: (dead[name], hidden[name]) for name in dead if dead[name] != hidden[name]} == {}
    if others == "here":
        assert dead["POST head"][0] == 201


def test_nobody_is_offered_the_arrival_of_who_died():
    family = Family()
    volunteer, client = make_user(Role.VOLUNTEER, family.goris), Client()
    client.force_login(volunteer)
    family.die()
    for tell in (
        lambda: None,
        lambda: tell_family_of_death(family.man, to_whom="Anna", how="letter", by=family.officer),
    ):
        tell()
        page = client.get(family.page).content.decode()
        assert "Record arrival: " not in page
        answer = Machine(volunteer).post(
            f"households/{family.household.pk}/arrive/", site="goris", id=str(uuid.uuid4())
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "not_told")
