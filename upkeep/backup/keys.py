"""The two halves of a backup's key: the public one encrypts here, the secret one is kept elsewhere."""

from collections.abc import Sequence
from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

from upkeep.backup.errors import BackupError

PUBLIC, SECRET = "age1", "AGE-SECRET-KEY-"


def new_key() -> tuple[str, str]:
    """A fresh pair: the public half and the secret one, which is kept nowhere."""
    identity = Identity.generate()
    return str(identity.to_public()), str(identity)


def read_recipients(words: Sequence[str]) -> list[Recipient]:
    """The public keys that these words are, or the files that they name hold. Refuses a secret half."""
    keys = [key for word in words for key in ([word] if word.startswith(PUBLIC) else _lines(word))]
    if not keys:
        raise BackupError(
            "No public key is set, so nobody could read the backup. Make a pair with `manage.py backup --new-key`, "
            "and set BACKUP_KEY to its public half."
        )
    return [_recipient(key) for key in keys]


def read_identities(text: str) -> list[Identity]:
    """The secret keys in the text, one a line; lines that begin with # are remarks."""
    keys = [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]
    if not keys:
        raise BackupError(f"No secret key was given. It is the line that begins with {SECRET}.")
    try:
        return [Identity.from_str(key.upper()) for key in keys]
    except pyrage.IdentityError:
        raise BackupError(
            f"This is no secret key, or a letter in it is wrong. It begins with {SECRET} and has 74 letters."
        ) from None


def _recipient(key: str) -> Recipient:
    if key.upper().startswith(SECRET):
        raise BackupError("This is the secret half of the key. It must not be on this machine; give the public half.")
    try:
        return Recipient.from_str(key)
    except pyrage.RecipientError:
        raise BackupError(f"{key} is no public key, or a letter in it is wrong. It begins with {PUBLIC}.") from None


def _lines(name: str) -> list[str]:
    if name.upper().startswith(SECRET):
        return [name]
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BackupError(f"{name} is neither a public key nor a file that can be read.") from None
    return [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]
