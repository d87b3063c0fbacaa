"""`make bench`: the numbers of the main job at 120,000 people, alone and with eight clients, beside bare INSERTs."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from reception.engines.running import engines

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Start engines on a scratch folder, fill them, and print the table."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--people", type=int, default=120_000)
    parser.add_argument("--large", action="store_true", help="1 and 10 million people")
    options = parser.parse_args()
    if os.environ.get("DEBUG"):
        sys.stderr.write("The bench refuses DEBUG: its numbers would be wrong.\n")
        return 2
    for people in [1_000_000, 10_000_000] if options.large else [options.people]:
        with tempfile.TemporaryDirectory(prefix="reception-bench-") as folder, engines(Path(folder, "var")) as urls:
            environment = {
                "RECEPTION_VAR": str(Path(folder, "var")),
                "DATABASE_URL": urls.database_url,
                "BROKER_URL": urls.broker_url,
                "DJANGO_SETTINGS_MODULE": "reception.settings",
            }
            command = [sys.executable, "-m", "tests.bench.table", str(people)]
            status = subprocess.run(command, env=os.environ | environment, cwd=ROOT, check=False).returncode
            if status:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
