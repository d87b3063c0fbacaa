"""What two web processes count is added up, whichever of them is asked."""

import http.client
import os
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from tests.servers import Server, serve

pytestmark = pytest.mark.races

TOKEN = "figures-of-all"
COUNTED = re.compile(r'^reception_requests_total\{method="GET",status="200",view="healthz"\} (\S+)$', re.MULTILINE)


def counters() -> set[Path]:
    """The folders in which servers count."""
    return set(Path(tempfile.gettempdir()).glob("reception-counters-*"))


@pytest.fixture(scope="module")
def server(committed_database) -> Iterator[tuple[Server, set[Path]]]:
    before = counters()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "METRICS_TOKEN", TOKEN)
        with serve(workers=2, threads=2) as running:
            connection.close()
            yield running, counters() - before


def ask(server: Server, path: str) -> str:
    """The answer on a connection of its own, which either process may take."""
    wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    wire.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
    answer = wire.getresponse()
    assert answer.status == 200
    return answer.read().decode()


def counted(server: Server) -> float:
    (found,) = COUNTED.findall(ask(server, "/metrics"))
    return float(found)


def test_figures_of_two_processes_are_added_up_whichever_answers(server):
    running, folders = server
    ask(running, "/healthz")
    before = counted(running)
    with ThreadPoolExecutor(16) as many:
        list(many.map(lambda _one: ask(running, "/healthz"), range(200)))
    assert {counted(running) for _again in range(20)} == {before + 200}
    assert max(len(list(folder.glob("counter_*.db"))) for folder in folders) == 2, "both processes counted"
