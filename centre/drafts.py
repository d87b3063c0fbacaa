"""The key that a person's drafts are sealed under in the browser."""

import base64

from django.utils.crypto import salted_hmac

from centre.models import User


def draft_key(user: User) -> str:
    """256 bits in base64, for pages of this user alone: the same at each sign-in, another after a new password.

    It is kept nowhere, and no page that carries it is kept by the browser: what a stolen laptop holds of a draft
    cannot be read without signing in.
    """
    return base64.b64encode(
        salted_hmac("centre.draft", user.get_session_auth_hash(), algorithm="sha256").digest()
    ).decode()
