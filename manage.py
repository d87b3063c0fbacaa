#!/usr/bin/env python3
"""The commands of Reception; `manage.py help` lists them."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 said before anything newer is imported
    sys.exit(f"Reception needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

from django.core.management import execute_from_command_line

from reception.environment import Misread


def main() -> None:
    """Run the command named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reception.settings")
    try:
        execute_from_command_line(sys.argv)
    except Misread as misread:
        sys.exit(str(misread))


if __name__ == "__main__":
    main()
