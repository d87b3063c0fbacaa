"""Where the engines live: `var/engines`, or a folder it links to.

As root the data belong to a system user who may not be able to enter `var` (a checkout in `/root`, say). No
folder of anybody's is opened for it: the engines' home is then a fresh folder in /var/lib/reception, and
`var/engines` a link to it. Sockets likewise move to the system's temporary folder, whose path is short,
when theirs would exceed what a socket's name may hold; not to XDG_RUNTIME_DIR, which a logout removes.
"""

import os
import shutil
import tempfile
from pathlib import Path

from engines.account import Account, user_name
from engines.addresses import POSTGRES_SOCKET, var_mode
from engines.errors import EngineError

ELSEWHERE = Path("/var/lib/reception")
SHELL_READS = set('"$`\\\n')  # initdb hands the path of its programs, copied into the home, to a shell
LONGEST_SOCKET = 90  # bytes; Linux allows 107 and macOS 103


def make_var(var: Path) -> Path:
    """The folder `var`, made if absent; its true path."""
    try:
        var.mkdir(mode=var_mode(), parents=True, exist_ok=True)
    except PermissionError as error:
        raise EngineError(f"{var} cannot be made: {error.strerror}.") from None
    return Path(os.path.realpath(var))


def make_home(var: Path, account: Account) -> Path:
    """The engines' home for this `var`, made if absent. Refuses one that belongs to another user or `var`."""
    link = var / "engines"
    if not link.exists():
        link.unlink(missing_ok=True)  # a link whose folder is gone
        _make_reachable(link, account)
    home = Path(os.path.realpath(link))
    owner = home.stat().st_uid
    if owner != os.geteuid():
        raise EngineError(f"{home} belongs to {user_name(owner)}; start Reception as that user.")
    if account.borrowed and not account.can_pass(home):
        raise EngineError(f"The engines' user can no longer enter {home}: a folder above it was closed.")
    if link.is_symlink():
        _check_belongs(home, link)
    return home


def make_socket_folder(home: Path, account: Account) -> Path:
    """The folder of both sockets: nobody else may enter it, and its path is short enough."""
    link = home / "run"
    if len(os.fsencode(link / POSTGRES_SOCKET)) <= LONGEST_SOCKET:
        return account.make_folder(link)
    if link.is_symlink() and Path(os.readlink(link)).exists():
        folder = Path(os.readlink(link))
        account.check_owns(folder)
        return folder
    link.unlink(missing_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="reception-", dir=_short_temporary_folder()))
    os.chown(folder, account.uid, account.gid)
    link.symlink_to(folder)
    return folder


def discard(var: Path) -> None:
    """Remove a scratch `var` and all that it links to."""
    for folder in folders_of(var):
        shutil.rmtree(folder, ignore_errors=True)


def folders_of(var: Path) -> list[Path]:
    """Every folder that holds something of this `var`."""
    places = (var / "engines" / "run", var / "engines", var)
    return list(dict.fromkeys(Path(os.path.realpath(place)) for place in places))


def _make_reachable(link: Path, account: Account) -> None:
    link.mkdir(mode=var_mode())
    if not account.borrowed or (account.can_pass(link) and not SHELL_READS & set(str(link))):
        return
    ELSEWHERE.mkdir(mode=0o711, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="engines-", dir=ELSEWHERE))
    home.chmod(0o711)
    (home / "belongs_to").write_text(f"{link}\n", encoding="utf-8")
    link.rmdir()
    link.symlink_to(home)


def _check_belongs(home: Path, link: Path) -> None:
    """Refuse a copied `var`, whose link still leads to the original's data; follow one that was moved."""
    note = home / "belongs_to"
    named = Path(note.read_text(encoding="utf-8").strip())
    if named == link:
        return
    if named.is_symlink() and os.path.realpath(named) == str(home):
        raise EngineError(f"{link} is a copy and its data belong to {named}. Remove {link} to begin afresh.")
    note.write_text(f"{link}\n", encoding="utf-8")


def _short_temporary_folder() -> str:
    chosen = tempfile.gettempdir()
    return chosen if len(os.fsencode(chosen)) <= LONGEST_SOCKET - 40 else "/tmp"
