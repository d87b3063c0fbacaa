"""What a person changes about themselves."""

from centre.models import User


def choose_language(language: str, *, by: User) -> None:
    """Speak this language to the user from now on, on every device."""
    User.objects.filter(pk=by.pk).update(language=language)
