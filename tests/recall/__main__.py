"""`make recall`: how many of the real spellings of a name find its bearer, as written and with one error."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from engines.running import engines

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent


def main() -> int:
    """Start engines on a scratch folder, fill them, and print the tables."""
    parser = argparse.ArgumentParser(prog="make recall")
    parser.add_argument("--people", type=int, default=120_000, help="invented people among whom they are sought")
    parser.add_argument("--places", type=int, default=2, help="places of a name at which an error is tried, 0 for all")
    parser.add_argument("--pairs", type=Path, help="pairs.tsv where it is there, development.tsv otherwise")
    options = parser.parse_args()
    held_out = HERE / "pairs.tsv"
    pairs = options.pairs or (held_out if held_out.exists() else HERE / "development.tsv")
    with tempfile.TemporaryDirectory(prefix="reception-recall-") as folder, engines(Path(folder, "var")) as urls:
        environment = {
            "RECEPTION_VAR": str(Path(folder, "var")),
            "DATABASE_URL": urls.database_url,
            "BROKER_URL": urls.broker_url,
            "DJANGO_SETTINGS_MODULE": "reception.settings",
        }
        asked = [str(pairs), str(options.people), str(options.places)]
        command = [sys.executable, "-m", "tests.recall.table", *asked]
        return subprocess.run(command, env=os.environ | environment, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
