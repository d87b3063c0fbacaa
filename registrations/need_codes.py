"""Reading the specific-needs codes from their file into their table."""

import csv
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "need_codes.csv"


def load_need_codes(model: Any) -> None:
    """Write the codes of the file into the table of this model, anew where they are there."""
    with FILE.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            model.objects.update_or_create(
                code=row["code"],
                defaults={
                    "category": row["category"],
                    "name_en": row["name_en"],
                    "name_hy": row["name_hy"],
                    "name_ru": row["name_ru"],
                    "at_desk": row["at_desk"] == "yes",
                    "restricted": row["restricted"] == "yes",
                    "verified": row["verified"],
                },
            )
