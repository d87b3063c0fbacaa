"""What `make test` does on a machine where something is missing, tried on paths that lack it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
THERE = ("bash", "dirname", "make", "fc-list", "caddy", "soffice", "chromium", "chromium-headless-shell")
APT = 'echo "$@" >> "$ASKED"\n'


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs that stands for a whole machine; its apt-get notes what it was asked for."""
    for name in THERE:
        (tmp_path / name).symlink_to(shutil.which(name) or "/bin/true")
    program(tmp_path / "apt-get", APT)
    return tmp_path


def program(path: Path, says: str) -> None:
    path.write_text(f"#!/bin/sh\n{says}")
    path.chmod(0o755)


def look(machine: Path, user: int) -> tuple[int, str, list[str]]:
    """How it ended, what it said, and what apt-get was asked for."""
    program(machine / "id", f"echo {user}\n")
    asked = machine / "asked"
    environment = {"PATH": str(machine), "ASKED": str(asked)}
    ended = subprocess.run(
        [ROOT / "tools/machine.sh"], env=environment, capture_output=True, text=True, check=False, cwd=os.sep
    )
    return ended.returncode, ended.stdout + ended.stderr, asked.read_text().splitlines() if asked.exists() else []


def test_machine_with_everything_says_nothing_and_asks_apt_for_nothing(machine):
    assert look(machine, user=0) == (0, "", [])


def test_root_installs_what_is_missing_and_only_that(machine):
    (machine / "chromium").unlink()
    (machine / "caddy").unlink()
    code, said, asked = look(machine, user=0)
    assert code == 0
    assert "lacks: chromium caddy." in said
    assert asked == ["update -qq", "install -y -qq --no-install-recommends chromium caddy"]


def test_only_root_installs_the_quick_browser_beside_another(machine):
    (machine / "chromium-headless-shell").unlink()
    assert look(machine, user=1000) == (0, "", [])
    assert look(machine, user=0)[2][1].endswith(" chromium-headless-shell")


def test_fonts_without_armenian_are_missing(machine):
    (machine / "fc-list").unlink()
    program(machine / "fc-list", "true\n")
    code, _, asked = look(machine, user=0)
    assert (code, asked[1].endswith(" fontconfig fonts-dejavu-core fonts-noto-core")) == (0, True)


def test_who_is_not_root_reads_the_one_command(machine):
    (machine / "chromium").unlink()
    code, said, asked = look(machine, user=1000)
    assert (code, asked) == (1, [])
    assert said.splitlines() == [
        "The tests need what this machine lacks: chromium.",
        "Only root can install that; run once: sudo tools/machine.sh",
    ]


def test_without_apt_the_packages_are_named(machine):
    (machine / "chromium").unlink()
    (machine / "apt-get").unlink()
    code, said, _ = look(machine, user=0)
    assert code == 1
    assert "lacks: chromium." in said
