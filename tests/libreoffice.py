"""LibreOffice as a reader: a file is opened as a person's program opens it, and its cells are read back."""

import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

LOCALES = {"en": 1033, "ru": 1049, "hy": 1067}  # by the numbers that sheets call them by
QUOTE, UTF_8 = 34, 76

needs_libreoffice = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed here")


@dataclass(frozen=True)
class Opened:
    """The cells of the first sheet, and whether any of them is a formula."""

    rows: list[list[Any]]
    has_formula: bool


def open_csv(content: bytes, folder: Path, *, language: str, separator: str) -> Opened:
    """Open CSV that a sheet of this language parts by this sign, numbers and days recognised as it does."""
    (folder / "list.csv").write_bytes(content)
    wanted = f"{ord(separator)},{QUOTE},{UTF_8},1,,{LOCALES[language]},false,true"
    return _opened(folder, "list.csv", f"--infilter=Text - txt - csv (StarCalc):{wanted}")


def open_book(content: bytes, folder: Path) -> Opened:
    """Open a workbook."""
    (folder / "list.xlsx").write_bytes(content)
    return _opened(folder, "list.xlsx")


def _opened(folder: Path, name: str, *more: str) -> Opened:
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", "--headless", profile, *more, "--convert-to", "xlsx", "--outdir", f"{folder}/read"]
    subprocess.run([*command, str(folder / name)], check=True, capture_output=True, timeout=120)
    read = folder / "read" / "list.xlsx"
    with zipfile.ZipFile(read) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    return Opened(CalamineWorkbook.from_path(str(read)).get_sheet_by_index(0).to_python(), b"<f" in sheet)
