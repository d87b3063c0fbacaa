"""Whoever sends half a request, or far too much, stops nobody."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.db import connection
from waitress.adjustments import Adjustments

from centre.access import Role
from engines.web_worker import Parser
from tests.api.conftest import intake
from tests.build import make_site, make_user
from tests.engines.serving import wait_until
from tests.servers import CSRF, Desk, Server, serve

pytestmark = pytest.mark.races

HALF_OF_THE_HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half"
HALF_OF_THE_BODY = b"POST /api/v1/intakes/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n{"


@pytest.fixture(scope="module")
def server(committed_database) -> Iterator[Server]:
    with serve(workers=2, threads=4) as running:
        connection.close()
        yield running


def ask(server: Server, path: str) -> int:
    wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    wire.request("GET", path)
    return wire.getresponse().status


@pytest.mark.parametrize("half", [HALF_OF_THE_HEAD, HALF_OF_THE_BODY], ids=["head", "body"])
def test_three_hundred_half_sent_requests_stop_nobody_and_are_told(server, half):
    told_before = server.log.read_text().count("came half")
    with ExitStack() as stack:
        hanging = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60)) for _ in range(300)
        ]
        for one in hanging:
            one.sendall(half)
        assert [ask(server, "/healthz") for _ in range(20)] == [200] * 20
        for one in hanging:
            one.setblocking(False)
        still = [one for one in hanging if not _is_closed(one)]
        assert len(still) == 300, "they still hang while the others were answered"
        wait_until(lambda: all(map(_is_closed, hanging)), "the half-sent requests to be closed")
    wait_until(lambda: server.log.read_text().count("came half") > told_before, "the line in the log")
    assert "requests of 127.0.0.1 came half and were closed" in server.log.read_text()


def _is_closed(wire: socket.socket) -> bool:
    try:
        return wire.recv(1) == b""
    except BlockingIOError:
        return False


def send_all(server: Server, path: str, length: int) -> http.client.HTTPResponse:
    """A body of so many zeros, sent to its end before the answer is read, as browsers do."""
    wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    wire.putrequest("POST", path)
    wire.putheader("Content-Type", "multipart/form-data; boundary=x")
    wire.putheader("Content-Length", str(length))
    wire.endheaders()
    for _ in range(length // 1_000_000):
        wire.send(b"0" * 1_000_000)
    return wire.getresponse()


def test_a_body_far_too_large_is_refused_in_words_and_not_kept(server):
    page = send_all(server, "/account/login/", 120_000_000)
    assert page.status == 413
    assert "This is too much to send at once." in page.read().decode()
    machine = send_all(server, "/api/v1/intakes/", 120_000_000)
    assert machine.status == 413
    assert json.load(machine) == {"code": "too_large", "detail": "This is too much to send at once."}


def test_nothing_is_kept_of_a_body_too_large():
    parser = Parser(Adjustments(max_request_body_size=1000))
    assert parser.received(b"POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n") > 0
    assert [parser.received(b"0" * 3000), parser.completed] == [3000, False]
    assert [parser.received(b"0" * 3000), parser.completed] == [2000, True]
    assert parser.get_body_stream().read() == b""


def test_a_chunked_body_is_read(server):
    site = make_site()
    desk: Desk = server.sign_in(make_user(Role.VOLUNTEER, site))
    wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={desk.session}; {settings.CSRF_COOKIE_NAME}={CSRF}",
        "X-CSRFToken": CSRF,
    }
    body = json.dumps(intake(site=site.code)).encode()
    wire.request("POST", "/api/v1/intakes/", iter([body[:10], body[10:]]), headers, encode_chunked=True)
    answer = wire.getresponse()
    assert (answer.status, "household" in json.load(answer)) == (201, True)
