"""Stops what a killed supervisor left behind.

Run as a program of its own beside the supervisor, with the supervisor's lock and a pipe from it: when the
pipe ends and the record of running processes is still there, the supervisor was killed, and the watchman
stops them in order, so that nothing lives on unwatched. A new supervisor does the same with a record it
finds, for when both were killed. Processes are known by number and time of birth, as numbers are used again.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import psutil


def living(entry: dict[str, Any]) -> psutil.Process | None:
    """The process of a record's entry, if it still lives and is not another with its number."""
    try:
        process = psutil.Process(entry["pid"])
        alive = process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - entry["born"]) < 1
    except psutil.NoSuchProcess:
        return None
    return process if alive else None


def end(process: psutil.Process, first: int, seconds: float) -> bool:
    """Ask a process to stop, wait, then kill it and its descendants. True when asking was enough."""
    try:
        family = process.children(recursive=True)
        process.send_signal(first)
    except psutil.NoSuchProcess:
        return True
    _gone, left = psutil.wait_procs([process], timeout=seconds)
    for member in left and [*left, *family]:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(left, timeout=10)
    return not left


def stop_recorded(record: Path) -> list[str]:
    """Stop every process of a record that still lives, in its order, and remove the record; name them."""
    try:
        entries = json.loads(record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # a power cut emptied it, and ended all that it named
        return []
    stopped = []
    for entry in entries:
        if process := living(entry):
            end(process, entry["signal"], entry["seconds"])
            stopped.append(entry["name"])
    record.unlink(missing_ok=True)
    return stopped


def main(record: Path, remove: list[str]) -> None:
    """Wait until the supervisor is gone; stop what it left, and remove the folders named."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it ends with its supervisor, not before
    while os.read(0, 1):
        continue
    if not record.exists():
        return
    stopped = stop_recorded(record)
    for folder in remove:
        shutil.rmtree(folder, ignore_errors=True)
    if stopped:
        now = time.strftime("%H:%M:%S")
        sys.stderr.write(f"{now} watchman   serve was killed; stopped {', '.join(stopped)}.\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
