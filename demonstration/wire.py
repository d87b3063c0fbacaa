"""A desk's line to the server: JSON over HTTP under a token of its own, sent again until there is an answer."""

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

API = "/api/v1/"
PATIENCE = httpx.Timeout(60, connect=10)
TRIES = 4
TOKEN_HOURS = 12
OPENS = {
    "reads": ["census", "distributions", "households", "items", "rooms", "sites", "snapshots"],
    "writes": [
        "distributions",
        "gate-counts",
        "handouts",
        "households",
        "individuals",
        "intakes",
        "pre-registrations",
        "snapshots",
        "stays",
    ],
}
PAGE = 500
MARK = 'data-mark="demonstration"'


class Refused(Exception):
    """The server answered otherwise than it should have."""


@dataclass(frozen=True)
class Answer:
    """What came back for an act."""

    status: int
    body: Any

    @property
    def done(self) -> bool:
        return self.status in (200, 201, 202)


def require_demonstration(base_url: str) -> None:
    """Raise Refused unless every page of the server says that it is a demonstration."""
    page = httpx.get(f"{base_url.rstrip('/')}/accounts/login/", timeout=PATIENCE)
    if MARK not in page.text:
        raise Refused(f"{base_url} is no demonstration. A replay invents people, and never where others are real.")


class Wire:
    """One client with one token. A line that breaks before the answer is tried again: the act's id makes that safe."""

    def __init__(self, base_url: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.base_url = base_url.rstrip("/")
        self.headers = headers | {"Accept": "application/json"}
        self.client = httpx.Client(base_url=self.base_url, headers=self.headers, timeout=PATIENCE)
        self.broken = 0

    @classmethod
    def sign_in(cls, base_url: str, username: str, password: str, label: str) -> "Wire":
        """A wire with a token of its own. Raises Refused when the server gives none."""
        asked = {"username": username, "password": password, "label": label, "hours": TOKEN_HOURS} | OPENS
        wire = cls(base_url)
        try:
            answer = wire.post("tokens/", asked)
        finally:
            wire.close()
        if not answer.done:
            raise Refused(f"{username} cannot sign in at {base_url}: {answer.status} {answer.body}")
        return cls(base_url, answer.body["token"])

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """Send an act and wait for its answer."""
        response = self._request("POST", path, json=body)
        return Answer(response.status_code, _read(response))

    def get(self, path: str, **parameters: Any) -> Any:
        """Read something; raises Refused unless it is there."""
        response = self._request("GET", path, params=parameters or None)  # {} would take the path's own away
        if response.status_code != 200:
            raise Refused(f"GET {path}: {response.status_code} {_read(response)}")
        return response.json()

    def pages(self, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        page = self.get(path, page_size=PAGE, **parameters)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.get(_beneath_api(page["next"]))

    def lose(self, path: str, body: dict[str, Any]) -> None:
        """Send an act over a line that is cut before the answer; nobody knows whether it was done."""
        target = urlsplit(self.base_url)
        content = json.dumps(body).encode()
        lines = [f"POST {API}{path} HTTP/1.1", f"Host: {target.netloc}", f"Content-Length: {len(content)}"]
        lines += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in self.headers.items())]
        with socket.create_connection((target.hostname or "", target.port or 80), timeout=10) as line:
            line.sendall("\r\n".join([*lines, "", ""]).encode() + content)

    def close(self) -> None:
        """Give the connection back."""
        self.client.close()

    def _request(self, method: str, path: str, **content: Any) -> httpx.Response:
        for attempt in range(1, TRIES + 1):
            try:
                return self.client.request(method, API + path, **content)
            except httpx.TransportError:
                self.broken += 1
                if attempt == TRIES:
                    raise
                time.sleep(0.1 * attempt)
        raise AssertionError


def _read(response: httpx.Response) -> Any:
    if "json" in response.headers.get("Content-Type", ""):
        return response.json()
    return response.text[:500]


def _beneath_api(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path.removeprefix(API)}?{parts.query}"
