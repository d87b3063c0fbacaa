"""Where Reception's own engines answer.

Both engines listen on Unix sockets in `var/engines/run`, which is a link to a shorter folder when the path is
too long for a socket. The addresses are

    postgresql://reception_owner:<password>@/reception?host=<folder of the socket>
    redis+socket://:<password>@/<path of the socket>?virtual_host=0

with every part percent-encoded; what serves signs in as `reception_web`. The passwords are in
`var/database_password`, `var/database_web_password` and `var/broker_password`, each one line, readable by their
owner alone. Before the engines first ran there is no password: the address then has none, and connecting fails
with PostgreSQL's or Valkey's own words. No Django here: settings import this.
"""

import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

DATABASE = "reception"
OWNER = "reception_owner"  # owns the tables, and migrates
WEB = "reception_web"  # serves
SOCKET_PORT = 5432  # only a part of the socket's name; nothing listens on TCP
POSTGRES_SOCKET = f".s.PGSQL.{SOCKET_PORT}"
VALKEY_SOCKET = "valkey.sock"


def socket_folder(var: Path) -> Path:
    """The folder both sockets are in, links followed."""
    return Path(os.path.realpath(Path(var) / "engines" / "run"))


def database_url(var: Path, *, user: str = OWNER, database: str = DATABASE) -> str:
    """The address of the own PostgreSQL, for psycopg and for settings."""
    password = read_secret(Path(var) / password_file(user))
    login = f"{user}:{quote(password, safe='')}" if password else user
    return f"postgresql://{login}@/{database}?host={quote(str(socket_folder(var)))}"


def password_file(user: str) -> str:
    """The name, inside `var`, of the file with a database user's password."""
    return "database_password" if user == OWNER else f"database_{user.removeprefix('reception_')}_password"


def broker_url(var: Path) -> str:
    """The address of the own Valkey, for Celery."""
    password = read_secret(Path(var) / "broker_password")
    login = f":{quote(password, safe='')}@" if password else ""
    return f"redis+socket://{login}{quote(str(socket_folder(var) / VALKEY_SOCKET))}?virtual_host=0"


def secret_key(var: Path) -> str:
    """Django's secret key of this installation, made on first use."""
    return make_secret(Path(var) / "secret_key")


def case_key(var: Path) -> str:
    """The key under which this installation keeps what is said in cases, made on first use."""
    return make_secret(Path(var) / "case_key")


def read_secret(path: Path) -> str:
    """What a secret file holds; empty when there is none."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def make_secret(path: Path) -> str:
    """What a secret file holds, made if absent: whole or not at all, the same for all who race."""
    if held := read_secret(path):
        return held
    path.parent.mkdir(mode=var_mode(), parents=True, exist_ok=True)
    fresh, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp: owner alone may read
    try:
        with os.fdopen(fresh, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass  # another process was first: its secret holds
    finally:
        os.unlink(name)
    return read_secret(path)


def var_mode() -> int:
    """Mode of a fresh `var`: for its owner alone; root's may be passed through by the engines' user."""
    return 0o711 if os.geteuid() == 0 else 0o700


def with_password(address: str, password: str) -> str:
    """The address of an engine with the password in it, unless it has one, or either is empty."""
    parts = urlsplit(address)
    if not address or not password or parts.password:
        return address
    user, _at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))
