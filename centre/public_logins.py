"""The logins of a demonstration: everybody knows them, so a real operation looks whether one of them opens."""

from typing import NamedTuple

from centre.access import Role

PASSWORD = "reception-2023"  # of every demonstration login; a demonstration holds nobody's data


class Login(NamedTuple):
    """Somebody who may sign in to the demonstration."""

    role: Role
    username: str
    password: str

    def __str__(self) -> str:
        return f"{self.role.label:<20} {self.username:<14} {self.password}"


def logins() -> list[Login]:
    """One login a role, whose username is the role, and what is done by two: a child is handed over by two officers."""
    names = [(role, role.value) for role in Role]
    names.insert(names.index((Role.PROTECTION, "protection")) + 1, (Role.PROTECTION, "protection_2"))
    return [Login(role, username, PASSWORD) for role, username in names]
