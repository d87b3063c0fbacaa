"""One supervisor for each `var`."""

import fcntl
import json
import os
import time
from pathlib import Path

import psutil

from engines.errors import EngineError
from engines.watchman import living

PATIENCE = 90  # seconds for a killed supervisor's watchman to stop what was left; PostgreSQL may be writing


def take_lock(var: Path) -> int:
    """Own `var` until this process and its watchman end. Refuses while another `serve` owns it."""
    try:
        lock = os.open(var / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise EngineError(f"{var} belongs to another user; start Reception as that user.") from None
    deadline = time.monotonic() + PATIENCE
    while not _try(lock):
        owner = _owner(lock)
        if owner and living(owner):
            os.close(lock)
            raise EngineError(f"Reception already runs on {var} (process {owner['pid']}).")
        if time.monotonic() > deadline:
            os.close(lock)
            raise EngineError(f"What a killed serve left on {var} does not stop; see `ps -ef`.")
        time.sleep(0.1)
    me = psutil.Process()
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps({"pid": me.pid, "born": me.create_time()}).encode(), 0)
    return lock


def _try(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(lock: int) -> dict[str, float] | None:
    """Who wrote the lock last; nothing while its new owner is still writing."""
    written = os.pread(lock, 1000, 0)
    return json.loads(written) if written.endswith(b"}") else None
