"""Valkey: the queue of Celery's tasks, kept on disk so that a power cut loses none that was acknowledged."""

import re
import signal

import redis

from engines.addresses import VALKEY_SOCKET, broker_url, make_secret, read_secret
from engines.engine import Engine, Ground, State

# The log has a time of its own, and the advice about memory is meant for stores of gigabytes
STAMP = re.compile(r"^\d+:(?:[A-Z] \d+ \w+ \d{4} [\d:.]+ [.*#-]|signal-handler \(\d+\)) ")
CHATTER = ("Reading config from stdin", "WARNING Memory overcommit must be enabled")


class Valkey(Engine):
    """The own Valkey of one `var`."""

    name = "valkey"
    program_name = "valkey-server"
    stop_signal = signal.SIGTERM
    seconds = 20

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.var = ground.var
        self.socket = ground.sockets / VALKEY_SOCKET

    @property
    def url(self) -> str:
        """Celery's address."""
        return broker_url(self.var)

    def prepare(self) -> None:
        make_secret(self.var / "broker_password")

    def command(self) -> list[str]:
        return [str(self.ground.programs.valkey), "-"]

    def instructions(self) -> str:
        """The settings, given as input: the password is then in no list of processes and no second file."""
        settings = {
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "requirepass": read_secret(self.var / "broker_password"),
            "dir": self.folder,
            "daemonize": "no",
            "save": "",
            "appendonly": "yes" if self.ground.durable else "no",
            "appendfsync": "always",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        return "".join(f"{name} {_quoted(str(value))}\n" for name, value in settings.items())

    def state(self) -> State:
        client = redis.Redis(
            unix_socket_path=str(self.socket),
            password=read_secret(self.var / "broker_password") or None,
            socket_timeout=5,
            retry=None,  # type: ignore[arg-type]  # None is what it takes for no second try
        )
        try:
            client.ping()
        except (redis.BusyLoadingError, redis.TimeoutError):
            return State.STARTING
        except redis.ConnectionError as error:
            return State.STARTING if isinstance(error, redis.AuthenticationError) else State.SILENT
        finally:
            client.close()
        return State.READY

    def tidy(self, line: str) -> str:
        said = STAMP.sub("", line)
        return "" if said.startswith(CHATTER) else said


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
