"""`make bench`: the numbers of the main job at 120,000 people, alone and with eight clients, beside bare INSERTs."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from engines.running import engines
from tests.bench.beside import beside

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Print the table of this tree, or its ratios to that of another commit."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--people", type=int, default=120_000)
    parser.add_argument("--large", action="store_true", help="1 and 10 million people")
    parser.add_argument("--base", default="", help="a commit whose own bench runs in turns with this one")
    options = parser.parse_args()
    if os.environ.get("DEBUG"):
        sys.stderr.write("The bench refuses DEBUG: its numbers would be wrong.\n")
        return 2
    try:
        for people in [1_000_000, 10_000_000] if options.large else [options.people]:
            if options.base:
                table = beside(
                    options.base, ROOT, lambda tree, people=people: run(tree, people, stdout=subprocess.PIPE)
                )
                sys.stdout.write(f"{table}\n")
            else:
                run(ROOT, people)
    except subprocess.CalledProcessError as error:
        sys.stdout.write(error.stdout or "")
        return error.returncode
    return 0


def run(tree: Path, people: int, stdout: int | None = None) -> str:
    """Start engines on a scratch folder, fill them and measure; what was said, if it is piped."""
    with tempfile.TemporaryDirectory(prefix="reception-bench-") as folder, engines(Path(folder, "var")) as urls:
        environment = os.environ | {
            "RECEPTION_VAR": str(Path(folder, "var")),
            "DATABASE_URL": urls.database_url,
            "BROKER_URL": urls.broker_url,
            "DJANGO_SETTINGS_MODULE": "reception.settings",
            "RECEPTION_SECOND_FACTOR": "0",  # nobody signs in who has no app
        }
        for command in (["manage.py", "messages", "--compile"], ["-m", "tests.bench.table", str(people)]):
            ended = subprocess.run(
                [sys.executable, *command], env=environment, cwd=tree, check=True, stdout=stdout, text=True
            )
    return ended.stdout


if __name__ == "__main__":
    sys.exit(main())
