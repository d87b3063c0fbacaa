"""The door for web servers."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reception.settings")

application = get_wsgi_application()


def _refuse_demonstration_of_an_operation() -> None:
    """Stop before the first page where real people would be shown, and changed, as a demonstration."""
    from django.conf import settings  # noqa: PLC0415 - the apps are ready only now
    from django.db import connection  # noqa: PLC0415

    from centre.operations import why_no_demonstration  # noqa: PLC0415

    if not settings.DEMONSTRATION:
        return
    try:
        reason = why_no_demonstration()
    finally:
        connection.close()  # not shared with the processes that answer
    if reason:
        raise ImproperlyConfigured(f"This is no demonstration. {reason} Start without RECEPTION_DEMONSTRATION.")


_refuse_demonstration_of_an_operation()
