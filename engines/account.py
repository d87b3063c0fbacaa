"""The system user the engines run as when Reception is started by root."""

import os
import pwd
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.errors import EngineError

NAME = "reception"


@dataclass(frozen=True)
class Account:
    """Who runs the engines and owns their data: oneself, or as root a system user."""

    uid: int
    gid: int
    borrowed: bool

    def popen(self) -> dict[str, Any]:
        """What subprocess needs so that a program runs as this user and sees no folder of the caller."""
        as_user = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}
        return {"cwd": "/", "umask": 0o077, **as_user}

    def can_pass(self, folder: Path) -> bool:
        """Whether this user may go through a folder and everything above it; found by trying."""
        command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        tried = subprocess.run(command, capture_output=True, **self.popen())
        return tried.returncode == 0

    def make_folder(self, folder: Path) -> Path:
        """A folder of this user's own that nobody else may enter. Refuses a link or someone else's folder."""
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, self.uid, self.gid)
        except FileExistsError:
            self.check_owns(folder)
        return folder

    def check_owns(self, folder: Path) -> None:
        """Refuse a folder that is a link, or another user's; close it if it stands open."""
        found = folder.lstat()
        if folder.is_symlink() or not folder.is_dir():
            raise EngineError(f"{folder} should be a plain folder; move it away and start again.")
        if found.st_uid != self.uid:
            raise EngineError(f"{folder} belongs to {user_name(found.st_uid)}; start Reception as that user.")
        if found.st_mode & 0o077:
            folder.chmod(0o700)


def engine_account() -> Account:
    """Oneself; as root the system user named by RECEPTION_ENGINE_USER, or `reception`, made if absent."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), borrowed=False)
    if named := os.environ.get("RECEPTION_ENGINE_USER"):
        try:
            return _account(pwd.getpwnam(named))
        except KeyError:
            raise EngineError(f"RECEPTION_ENGINE_USER names {named}, unknown to this machine.") from None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _make_user()
    if not entry.pw_shell.endswith(("nologin", "false")):
        raise EngineError(
            f"The user {NAME} of this machine is a person who logs in, and the engines' data need a"
            " system user of their own: make one and name it in RECEPTION_ENGINE_USER."
        )
    return _account(entry)


def _account(entry: pwd.struct_passwd) -> Account:
    if entry.pw_uid == 0:
        raise EngineError("PostgreSQL refuses to run as root; name another user in RECEPTION_ENGINE_USER.")
    return Account(entry.pw_uid, entry.pw_gid, borrowed=True)


def _make_user() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", "--comment", "Reception's engines", NAME]
    for _attempt in range(20):  # another checkout may be making the same user, and holds /etc/passwd
        try:
            made = subprocess.run(command, capture_output=True, text=True, timeout=60)
        except FileNotFoundError:
            break
        try:
            return pwd.getpwnam(NAME)
        except KeyError:
            time.sleep(0.25)
    else:
        raise EngineError(f"The system user {NAME} could not be made: {made.stderr.strip()}")
    raise EngineError(
        "PostgreSQL refuses to run as root, and this machine has no useradd to make a system user with: start"
        " Reception as an ordinary user, or name a system user in RECEPTION_ENGINE_USER."
    )


def user_name(uid: int) -> str:
    """A user's name, or the number of one who has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
