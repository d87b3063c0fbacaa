"""A client that speaks JSON with a token, and a family as a machine sends it."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import Site, User
from centre.tokens import make_token
from tests.build import make_site, make_user

API = "/api/v1/"


class Machine:
    """Sends JSON under a token and reads JSON back."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.token = make_token(user, "test", timezone.now() + timedelta(hours=1))
        self.client = Client(raise_request_exception=True)

    def get(self, address: str, **query: Any) -> Any:
        return self.client.get(f"{API}{address}", query, headers=self.headers)

    def post(self, address: str, body: Any = None, **facts: Any) -> Any:
        said = {"id": str(uuid.uuid4()), **facts} if body is None else body
        return self.client.post(f"{API}{address}", json.dumps(said), "application/json", headers=self.headers)

    def send(self, address: str, raw: bytes | str, kind: str = "application/json") -> Any:
        """Send bytes as they are."""
        return self.client.generic("POST", f"{API}{address}", raw, kind, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Passwords here guard nothing, and there are hundreds."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def goris(db) -> Site:
    return make_site("goris")


@pytest.fixture
def volunteer(goris) -> Machine:
    return Machine(make_user(Role.VOLUNTEER, goris))


@pytest.fixture
def coordinator(goris) -> Machine:
    return Machine(make_user(Role.COORDINATOR, goris))


def member(given: str = "Anna", **facts: Any) -> dict[str, Any]:
    """A member of a family as it is sent; the head, unless said otherwise."""
    person = {
        "id": str(uuid.uuid4()),
        "given_name": given,
        "family_name": "Hakobyan",
        "sex": "F",
        "birth_date": "1989-05-04",
        "relationship": "head",
    } | facts
    return {name: value for name, value in person.items() if value is not None}


def intake(*members: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A whole intake as it is sent, of these members or of one."""
    return {
        "id": str(uuid.uuid4()),
        "at": timezone.now().isoformat(),
        "site": "goris",
        "going": "shelter",
        "members": list(members) or [member()],
    } | facts
