"""The services of docker-compose.yml, started by hand: their own commands and environment, without containers.

What a container changes is put right: names of machines become ports of this one, /run/secrets a folder of secrets
that deploy/secrets.sh made, /tmp and the volumes folders of their own, /app the files that a build would get, made
ready by the Dockerfile's own commands. PostgreSQL and Valkey are the wheels' programs, initialised and configured as
the file says and asked over TCP with a password; started by root, everything runs as another user, the app as 10001.
"""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyrage.x25519 import Identity

from engines.account import Account, engine_account
from engines.programs import Programs, find_programs
from tests.deployment.compose import ROOT, environment_of, read_compose, read_stages, sent_files

PATIENCE = 60  # seconds
SCALE = {"WEB_WORKERS": "2", "WEB_THREADS": "2", "WORKER_PROCESSES": "1", "DATABASE_SHARED_BUFFERS": "128MB"}
ENGINES = {"database", "broker"}
NOT_OURS = ENGINES | {"roles"}
VALKEY_CLI = Path(__file__).with_name("valkey-cli")

Done = subprocess.CompletedProcess[str]


@dataclass
class Standing:
    """What stands: folders, ports, the file and its processes."""

    folder: Path
    key: Identity = field(default_factory=Identity.generate)  # of the backups
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in PORTS})
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.site = f"127.0.0.1:{self.ports['proxy']}"
        told = {"SITE_DOMAIN": self.site, "CERTIFICATE": "internal", "BACKUP_KEY": str(self.key.to_public()), **SCALE}
        told["RECEPTION_SECOND_FACTOR"] = "0"  # it has browser tests of its own
        self.services: dict[str, dict[str, Any]] = read_compose(told)["services"]
        self.engines: Account = engine_account()
        self.programs: Programs = find_programs(self.folder, self.engines)
        self.accounts = {name: self._account(name) for name in self.services}
        self.secrets = _make_secrets(self.folder)
        for name, service in (("state", "web"), ("tmp", "web"), ("backups", "backup"), ("proxy", "proxy")):
            self._own_folder(name, service)
        for name in ENGINES:
            self._own_folder(name, name)
        _build(self.folder / "app")

    def here(self, text: str) -> str:
        """What the files say of a container, as it is on this machine."""
        for there, found in (
            ("=/tmp/", f"={self.folder}/tmp/"),
            ("@database:5432", f"@127.0.0.1:{self.ports['database']}"),
            ("//broker:6379", f"//127.0.0.1:{self.ports['broker']}"),
            ("0.0.0.0:8000", f"127.0.0.1:{self.ports['web']}"),
            ("127.0.0.1:8000", f"127.0.0.1:{self.ports['web']}"),
            ("/opt/venv/bin:$PATH", self._path()),
            ("/app/", f"{self.folder}/app/"),
            ("/etc/caddy/Caddyfile", f"{self.folder}/app/deploy/Caddyfile"),
            ("/etc/valkey.conf", f"{self.folder}/valkey.conf"),
            ("/var/lib/reception", f"{self.folder}/state"),
            ("/run/secrets", str(self.secrets)),
            ("/etc/pg_hba.conf", f"{self.folder}/app/deploy/pg_hba.conf"),
            ("/roles.", f"{self.folder}/roles."),
        ):
            text = text.replace(there, found)
        return text.replace("/backups", f"{self.folder}/backups") if text == "/backups" else text

    def environment(self, service: str) -> dict[str, str]:
        """Nothing of this process's own, but what its image and the file say, and where things are here."""
        stage = "proxy" if service == "proxy" else "app"
        image = {} if service in NOT_OURS else environment_of(stage)
        said = image | self.services[service].get("environment", {})
        own = {"PATH": self._path(), "LANG": "C.UTF-8", "TMPDIR": f"{self.folder}/tmp"} | OWN.get(service, {})
        ports = {"PGPORT": "database", "VALKEYCLI_PORT": "broker"} if service in NOT_OURS else {}
        if service == "roles":  # there is no socket here
            said |= {"PGHOST": "127.0.0.1", "PGPASSWORD": (self.secrets / "database_superuser_password").read_text()}
        if service == "proxy":
            ports = {"LISTEN_HTTP": "redirect", "WEB_PORT": "web"}
            said |= {"XDG_DATA_HOME": f"{self.folder}/proxy", "XDG_CONFIG_HOME": f"{self.folder}/proxy"}
        placed = {name: str(self.ports[port]) for name, port in ports.items()}
        return own | {name: self.here(value) for name, value in said.items()} | placed

    def up(self, *names: str) -> None:
        """Start services, each when those it depends on are as it asks."""
        for name in names:
            for other, asked in self.services[name].get("depends_on", {}).items():
                if other not in self.processes:
                    self.up(other)
                if asked["condition"] == "service_healthy":
                    self.wait_for(lambda other=other: self.is_healthy(other), f"a healthy {other}")
                else:
                    assert self.processes[other].wait(PATIENCE) == 0, self.log(other)
            self.start(name)

    def start(self, name: str) -> None:
        """Start one service with its own command."""
        if name == "database":
            self._make_database()
        elif name == "roles":
            self._place_roles()
        elif name == "broker":
            self._place_valkey_conf()
        with self._log_of(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command(name), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **self._as(name)
            )

    def command(self, name: str) -> list[str]:
        """The file's command, or the image's."""
        said = self.services[name].get("command") or next(
            json.loads(rest) for word, rest in read_stages()[name] if word == "CMD"
        )
        words = [self.here(word) for word in said]
        if name == "database":
            words += ["-D", f"{self.folder}/database/data", "-c", "listen_addresses=127.0.0.1"]
            words += ["-c", "unix_socket_directories=", "-c", "dynamic_shared_memory_type=mmap"]
        return words

    def stop(self, name: str) -> int:
        """Ask a service to stop as Docker would; how it ended."""
        process = self.processes.pop(name)
        process.send_signal(getattr(signal, self.services[name].get("stop_signal", "SIGTERM")))
        try:
            return process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def run(self, service: str, *command: str, said: str = "", **environment: str) -> Done:
        """Run a command in a service's place, such as its health check or one of `docker compose run`."""
        how = self._as(service) | {"input": said, "timeout": PATIENCE}
        how["env"] |= environment
        return subprocess.run(command, capture_output=True, text=True, check=False, **how)

    @contextmanager
    def one_more(self, service: str, **environment: str) -> Iterator[None]:
        """A second process of a service, with another environment."""
        how = self._as(service)
        how["env"] |= environment
        with self._log_of(f"second {service}").open("wb") as log:
            process = subprocess.Popen(self.command(service), stdout=log, stderr=log, **how)
        yield
        process.terminate()
        process.wait(PATIENCE)

    def check(self, service: str) -> Done:
        """The health check of the file, as it is written."""
        kind, *words = self.services[service]["healthcheck"]["test"]
        words = [self.here(word) for word in words]
        return self.run(service, *(["sh", "-c", *words] if kind == "CMD-SHELL" else words))

    def is_healthy(self, service: str) -> bool:
        return self.check(service).returncode == 0

    def ask(self, query: str) -> str:
        """What the database answers its superuser."""
        password = (self.secrets / "database_superuser_password").read_text()
        to = ["--host=127.0.0.1", "--username=postgres", "--dbname=reception", "--tuples-only", "--no-align"]
        asked = self.run("database", "psql", *to, f"--command={query}", PGPASSWORD=password)
        assert asked.returncode == 0, asked.stderr
        return asked.stdout.strip()

    def log(self, service: str) -> str:
        """All that a service has said."""
        return self._log_of(service).read_text()

    def wait_for(self, holds: Callable[[], bool], what: str) -> None:
        """Return once something holds; fail, with every log, when it does not or a service has ended."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            logs = "\n".join(f"{path.name}:\n{path.read_text()[-3000:]}" for path in self.folder.glob("*.log"))
            assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}\n{logs}"
            time.sleep(0.1)

    def _log_of(self, service: str) -> Path:
        return self.folder / f"{service}.log"

    def _path(self) -> str:
        places = [Path(sys.executable).parent, self.programs.postgres.parent, self.programs.valkey.parent]
        return ":".join([*map(str, places), f"{self.folder}/bin", "/usr/local/bin:/usr/bin:/bin"])

    def _account(self, service: str) -> Account:
        """Who runs a service: as root the file's user, where it can run this Python."""
        named = str(self.services[service]["user"]).partition(":")[0]
        if not self.engines.borrowed or not named.isdigit():
            return self.engines
        account = Account(int(named), int(named), borrowed=True)
        return account if _runs_python(account) else Account(os.geteuid(), os.getegid(), borrowed=False)

    def _as(self, service: str) -> dict[str, Any]:
        place = "/" if service in NOT_OURS else self.folder / "app"
        return self.accounts[service].popen() | {"env": self.environment(service), "cwd": place}

    def _own_folder(self, name: str, service: str) -> None:
        account = self.accounts[service]
        (self.folder / name).mkdir(mode=0o700)
        os.chown(self.folder / name, account.uid, account.gid)

    def _make_database(self) -> None:
        """As the image's first start does: initdb with the file's arguments."""
        data = self.folder / "database" / "data"
        if data.exists():
            return
        said = self.services["database"]["environment"]
        made = [str(self.programs.initdb), "-D", str(data), "-U", said["POSTGRES_USER"], "--no-sync"]
        made += [f"--pwfile={self.secrets}/database_superuser_password", *shlex.split(said["POSTGRES_INITDB_ARGS"])]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, **self.engines.popen())

    def _place_roles(self) -> None:
        for path in (ROOT / "deploy" / "roles.sh", ROOT / "engines" / "roles.sql"):
            (self.folder / path.name).write_text(self.here(path.read_text()))

    def _place_valkey_conf(self) -> None:
        text = (ROOT / "deploy" / "valkey.conf").read_text().replace("/data", str(self.folder / "broker"))
        (self.folder / "valkey.conf").write_text(f"{text}port {self.ports['broker']}\nbind 127.0.0.1\n")
        (self.folder / "bin").mkdir(exist_ok=True)
        shutil.copy(VALKEY_CLI, self.folder / "bin" / "valkey-cli")
        (self.folder / "bin" / "valkey-cli").chmod(0o755)


PORTS = ("database", "broker", "web", "proxy", "redirect")
OWN = {"proxy": {"WEB_HOST": "127.0.0.1"}, "database": {"PGCONNECT_TIMEOUT": "5"}}


@contextmanager
def standing() -> Iterator[Standing]:
    """Every service stands inside; each is asked to stop after, the last first."""
    folder = Path(tempfile.mkdtemp(prefix="reception-compose-"))
    folder.chmod(0o755)
    stands = Standing(folder)
    try:
        stands.up("web", "worker", "beat", "proxy")
        yield stands
    finally:
        ended = {name: stands.stop(name) for name in reversed(list(stands.processes))}
        shutil.rmtree(folder, ignore_errors=True)
    assert set(ended.values()) == {0}, ended


def _runs_python(account: Account) -> bool:
    try:
        return subprocess.run([sys.executable, "-c", ""], check=False, **account.popen()).returncode == 0
    except PermissionError:
        return False


def _build(app: Path) -> None:
    """The files that a build gets, made ready by the Dockerfile's own command and for reading alone."""
    for path in sent_files():
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, app / path)
    [command] = [rest for word, rest in read_stages()["build"] if word == "RUN" and "collectstatic" in rest]
    for there, found in (("/opt/venv/bin/python", sys.executable), ("/opt/venv", ""), ("/app", str(app))):
        command = command.replace(there, found)
    command = command.replace("/build/var", f"{app}/var")
    subprocess.run(["sh", "-ec", command], cwd=app, env={"PATH": os.environ["PATH"]}, check=True)
    for path in (app, *app.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _make_secrets(folder: Path) -> Path:
    (folder / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "secrets.sh", folder / "deploy")
    subprocess.run([str(folder / "deploy" / "secrets.sh")], check=True, stdout=subprocess.DEVNULL)
    (folder / "secrets").chmod(0o755)  # a container sees the file without its folder
    return folder / "secrets"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as wire:
        return wire.connect_ex(("127.0.0.1", port)) == 0
