"""When the database does not answer, and what is said then."""

from django.db import InterfaceError, OperationalError

CONNECTION_LOST = ("08", "57P")  # classes of SQLSTATE: the connection failed, the server is going down or coming up


def is_away(error: BaseException | None) -> bool:
    """Whether the error says that the database did not answer, and not that it answered no."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate is None or sqlstate.startswith(CONNECTION_LOST)
