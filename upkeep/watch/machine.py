"""What this machine says of itself: how full its disk is, whether it is encrypted, what its certificate is worth."""

import os
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

import psutil

SYSTEM = Path("/sys")
PATIENCE = 3  # seconds that a page waits for the proxy
EXPIRED = 10  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED


@dataclass(frozen=True)
class Disk:
    """The disk a folder lies on, in bytes."""

    free: int
    total: int


def disk_of(folder: Path) -> Disk:
    """The disk that the folder, or the nearest one above it, lies on."""
    usage = psutil.disk_usage(str(_existing(folder)))
    return Disk(usage.free, usage.total)


def is_encrypted(folder: Path) -> bool | None:
    """Whether the folder's disk is encrypted by this machine; None where it cannot tell."""
    return is_device_encrypted(os.stat(_existing(folder)).st_dev)


def is_device_encrypted(number: int, system: Path = SYSTEM) -> bool | None:
    """Whether a block device is encrypted by this machine (dm-crypt, LUKS); None where it cannot tell.

    It cannot inside a file system without a device of its own (btrfs, overlay, network), nor for encryption below
    the machine's sight: a cloud's disks, a drive that encrypts itself.
    """
    device = system / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}"
    if not os.major(number) or not device.exists():
        return None
    return _encrypted_below(Path(os.path.realpath(device)))


def _encrypted_below(device: Path) -> bool:
    """A device is encrypted when it is a dm-crypt, or stands on devices that all are."""
    kind = device / "dm" / "uuid"
    if kind.exists() and kind.read_text(encoding="utf-8").startswith("CRYPT-"):
        return True
    below = list((device / "slaves").glob("*"))
    return bool(below) and all(_encrypted_below(Path(os.path.realpath(one))) for one in below)


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


class Trust(Enum):
    """What a browser would make of a certificate."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_TRUSTED = "not trusted"
    NO_ANSWER = "no answer"


@dataclass(frozen=True)
class Certificate:
    """The certificate of an address, as a browser would see it."""

    trust: Trust
    expires_at: datetime | None = None


def certificate_of(address: str) -> Certificate:
    """Ask the address `https://…` for its certificate."""
    parts = urlsplit(address)
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), PATIENCE) as wire,
            context.wrap_socket(wire, server_hostname=parts.hostname) as secure,
        ):
            said = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Certificate(Trust.EXPIRED if error.verify_code == EXPIRED else Trust.NOT_TRUSTED)
    except (OSError, UnicodeError):
        return Certificate(Trust.NO_ANSWER)
    ends = ssl.cert_time_to_seconds(str(said["notAfter"]))
    return Certificate(Trust.GOOD, datetime.fromtimestamp(ends, UTC))
