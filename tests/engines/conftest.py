"""A `var` of its own for each test, and nothing left of it after."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from engines.home import discard
from tests.engines.serving import Serve, processes_of


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that every user may pass through, as a home or a checkout usually is."""
    made = Path(tempfile.mkdtemp(prefix="engines-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def var(folder: Path) -> Path:
    """Where a `var` may be made."""
    return folder / "var"


@pytest.fixture
def serve(var: Path) -> Iterator[Callable[..., Serve]]:
    """Start `serve`, on `var` unless another is named; whatever still lives at the end is killed."""
    started: list[Serve] = []

    def start(*arguments: str, on: Path = var, **how: Any) -> Serve:
        started.append(Serve(on, *arguments, **how))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.kill()
    for one in started:
        for process in processes_of(one.var):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if one.var.exists():
            discard(one.var)


@pytest.fixture
def as_root() -> None:
    """Only root's start has a system user."""
    if os.geteuid() != 0:
        pytest.skip("only root can start the engines as another user")
