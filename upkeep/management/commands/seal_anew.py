"""Seal what is said in cases with the first of the keys, so that the older ones can be thrown away."""

from typing import Any

from django.core.management.base import CommandError

from centre.lent import DatabaseCommand
from centre.sealing import SealBroken, seal_all_anew


class Command(DatabaseCommand):
    """`manage.py seal_anew`."""

    help = "Seal what is said in cases with the first key of CASE_KEY. Ends with 1 if a key is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            texts = seal_all_anew()
        except SealBroken:
            raise CommandError(
                "Some words are sealed with a key that CASE_KEY does not hold. Nothing was changed."
            ) from None
        self.stdout.write(f"Sealed with the first key: {texts} texts.")
