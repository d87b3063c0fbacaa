"""Every command that needs the database has it, also where nothing serves; where none answers it says so in a line."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from django.core.management import get_commands, load_command_class

from centre.lent import DatabaseCommand
from tests.engines.serving import ROOT, processes_of

OWN = {"centre", "upkeep", "demonstration", "reception"}
OTHERWISE = {
    "backup": "reads its keys first, and makes some without a database",
    "restore": "reads the key and the file first, and only checks a file without a database",
    "open": "says first what will take a minute",
    "check_operation": "a database that is silent is a finding",
    "serve": "starts the engines",
    "messages": "reads texts alone",
    "replay": "speaks with a server",
}


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    around = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")}
    line = [sys.executable, "-W", "ignore", str(ROOT / "manage.py"), *command]
    return subprocess.run(line, env=around | environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("name", sorted(name for name, app in get_commands().items() if app in OWN))
def test_every_command_of_ours_has_a_database_or_says_why_not(name):
    lent = isinstance(load_command_class(get_commands()[name], name), DatabaseCommand)
    assert lent != (name in OTHERWISE)


@pytest.mark.engines
def test_a_command_has_its_own_engine_where_nothing_serves_and_leaves_none(var: Path):
    done = _run("beside", RECEPTION_VAR=str(var))
    assert (done.returncode, done.stdout) == (0, "The release of before may go on serving meanwhile.\n"), done.stderr
    assert not [one for one in processes_of(var) if one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("command", [["lost_factor", "anna"], ["role", "anna", "auditor"]])
def test_a_database_that_does_not_answer_is_said_without_a_traceback(command, var: Path):
    done = _run(*command, RECEPTION_VAR=str(var), DATABASE_URL="postgresql://a:b@127.0.0.1:1/a")
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr
