"""What a file costs: until its first byte and its last, and by how much the web server's memory grew."""

import http.client
import re
import time
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 16


@dataclass(frozen=True)
class Taken:
    """One file: seconds until its first byte and until its last, its size, and the growth of the largest process."""

    first: float
    whole: float
    bytes: int
    grown: int  # kB


def take_file(port: int, token: str, path: str) -> Taken:
    """Take a file out over HTTP, reading as it comes."""
    before = _peaks()
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    wire.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = wire.getresponse()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path} answered {answer.status}: {answer.read(500)!r}")
    size = len(answer.read(1))
    first = time.perf_counter() - began
    while chunk := answer.read(CHUNK):
        size += len(chunk)
    whole = time.perf_counter() - began
    after = _peaks()
    return Taken(first, whole, size, max((after[pid] - before.get(pid, after[pid]) for pid in after), default=0))


def _peaks() -> dict[str, int]:
    """The most memory that each Gunicorn process of this machine ever held, in kB."""
    peaks = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"gunicorn" in (folder / "cmdline").read_bytes():
                peaks[folder.name] = int(re.search(r"VmHWM:\s+(\d+)", (folder / "status").read_text())[1])  # type: ignore[index]
        except (OSError, TypeError):
            continue  # it ended meanwhile, or is none of ours to read
    return peaks
