"""Digests of what was said, under the server's key: who has the database alone cannot try words against them."""

from django.conf import settings
from django.utils.crypto import salted_hmac

VERSION = "2:"  # before each keyed digest; those of before stood bare, or after "1:"


def under_key(digest: str) -> str:
    """The digest as it is kept."""
    return _under(digest, settings.SECRET_KEY)


def as_kept_ever(digest: str) -> list[str]:
    """How it may stand: under the key of today or of before, or bare, by a release that ran beside while this came."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [*(_under(digest, key) for key in keys), digest, f"1:{digest}"]


def _under(digest: str, key: str | bytes) -> str:
    return VERSION + salted_hmac("centre.keyed", digest, secret=key, algorithm="sha256").hexdigest()
