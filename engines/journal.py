"""One readable log: each line has its time, the name of who says it, and the text."""

import os
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import IO, TextIO

COLOURS = {"postgres": 34, "valkey": 31, "web": 32, "worker": 35, "beat": 33, "serve": 36}
WIDTH = 10


class Journal:
    """Writes the lines of several processes to one stream, never two at once."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.coloured = self.stream.isatty() and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()
        self._readable = True

    def say(self, name: str, text: str) -> None:
        """Write one line."""
        now = datetime.now().astimezone().strftime("%H:%M:%S")
        padded = f"{name:<{WIDTH}}"
        if self.coloured:
            padded = f"\033[{COLOURS.get(name, 37)}m{padded}\033[0m"
        self._write(f"{now} {padded} {text}\n")

    def block(self, lines: list[str]) -> None:
        """Write lines as they are, for people to read."""
        self._write("\n".join(["", *lines, "", ""]))

    def _write(self, text: str) -> None:
        with self._lock:
            if self._readable:
                try:
                    self.stream.write(text)
                    self.stream.flush()
                except OSError:  # its reader has gone (a closed terminal); what runs must not halt for that
                    self._readable = False

    def follow(self, name: str, stream: IO[str], tidy: Callable[[str], str] = str) -> None:
        """Write all that a process says, until it has said everything, without waiting for it."""

        def read() -> None:
            with stream:
                for line in stream:
                    if text := tidy(line.rstrip()):
                        self.say(name, text)

        threading.Thread(target=read, name=f"log of {name}", daemon=True).start()
