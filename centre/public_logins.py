"""The logins of a demonstration: everybody knows them, so a real operation looks whether one of them opens."""

from typing import NamedTuple

from centre.access import Role

PASSWORD = "reception-2023"  # of every demonstration login; a demonstration holds nobody's data


class Login(NamedTuple):
    """Somebody who may sign in to the demonstration."""

    role: str
    username: str
    password: str

    def __str__(self) -> str:
        return f"{self.role:<20} {self.username:<14} {self.password}"


def logins() -> list[Login]:
    """One login a role; the username is the role."""
    return [Login(str(role.label), role.value, PASSWORD) for role in Role]
