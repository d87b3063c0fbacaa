"""`python -m tests.bench.hands`: keys and seconds of a family of five at the desk, on lines of 0, 300 and 800 ms."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from engines.running import engines

EACH = 120.0  # milliseconds a key, as a practised hand types
DELAYS = (0.0, 0.3, 0.8)  # seconds, each way


def main() -> int:
    """Print a row for each line; a real server, a real browser, a family typed key by key."""
    with tempfile.TemporaryDirectory(prefix="reception-hands-") as folder, engines(Path(folder, "var")) as urls:
        os.environ |= {
            "RECEPTION_VAR": str(Path(folder, "var")),
            "DATABASE_URL": urls.database_url,
            "BROKER_URL": urls.broker_url,
            "DJANGO_SETTINGS_MODULE": "reception.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
            "RECEPTION_SECOND_FACTOR": "0",
        }
        from tests.bench.typing_hands import rows  # noqa: PLC0415 - Django reads its settings on import

        print(
            "| line, each way | keys beyond names and dates | from the first key to the last, s | then until saved, s |"
        )
        print("|---|---|---|---|")
        for delay, keys, typing, waiting in rows(DELAYS, EACH, shutil.which("chromium") or "chromium"):
            print(f"| {delay * 1000:.0f} ms | {keys} | {typing:.1f} | {waiting:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
