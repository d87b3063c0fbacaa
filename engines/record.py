"""The record of what runs. After a kill it says what to stop, and in which order."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import psutil

STOP_ORDER = ("web", "beat", "worker", "valkey", "postgres")


def stop_place(name: str) -> int:
    """Where in the order of stopping a process comes; a step that is still running comes first."""
    return STOP_ORDER.index(name) if name in STOP_ORDER else -1


class Record:
    """A file that names the running processes of one `var`; there is none when nothing runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: dict[str, dict[str, Any]] = {}

    def put(self, name: str, pid: int, first: signal.Signals, seconds: float) -> None:
        """Note a process that was just started, how it is asked to stop, and how many seconds it is given."""
        try:
            born = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            return  # it has ended already, which its starter will see
        entry = {"name": name, "pid": pid, "born": born, "signal": int(first), "seconds": seconds}
        self._entries[name] = entry
        self._write()

    def drop(self, name: str) -> None:
        """Forget a process that has ended."""
        self._entries.pop(name, None)
        self._write()

    def _write(self) -> None:
        if not self._entries:
            self.path.unlink(missing_ok=True)
            return
        ordered = sorted(self._entries.values(), key=lambda entry: stop_place(entry["name"]))
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(ordered), encoding="utf-8")
        os.replace(fresh, self.path)
