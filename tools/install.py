"""Install what a lock file names, and say how far it is: pip alone is silent for a minute."""

import re
import subprocess
import sys
import time
from pathlib import Path

PIP = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes", "--requirement"]
SEEN = ("Collecting ", "Requirement already satisfied: ", "Ignoring ")  # pip comes to one more package


def main(lock: str) -> int:
    """Run pip and count its packages; what it complains of is let through."""
    total = len(re.findall(r"^\S+==", Path(lock).read_text(encoding="utf-8"), re.MULTILINE))
    print(f"Installing the {total} packages that {lock} names; this takes a minute or two once.", flush=True)
    over = "\r\033[K" if sys.stdout.isatty() else ""  # in a terminal each word takes the place of the last
    begun, done = time.monotonic(), 0
    with subprocess.Popen([sys.executable, *PIP, lock], stdout=subprocess.PIPE, text=True, errors="replace") as pip:
        assert pip.stdout
        for line in pip.stdout:
            done += line.startswith(SEEN)
            if over and line.startswith(SEEN):
                left = (time.monotonic() - begun) / done * (total - done)
                print(f"{over}{done} of {total} found, about {left:.0f} s left to find the rest", end="", flush=True)
            elif line.startswith("Installing collected packages"):
                print(f"{over}All {total} are here; putting them in place takes up to a minute more.", flush=True)
    return pip.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
