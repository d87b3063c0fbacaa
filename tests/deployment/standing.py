"""The services of docker-compose.yml, started by hand: their own commands and environment, without containers.

What a container changes is put right: names of machines become ports of this one, /run/secrets a folder of secrets
that deploy/secrets.sh made, /tmp and the volumes folders of their own. PostgreSQL and Valkey are the wheels' programs,
initialised and configured as the file says and asked over TCP with a password. To look at it in a browser:

    python -m tests.deployment.standing
"""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reception.engines.account import Account, engine_account
from reception.engines.programs import Programs, find_programs
from reception.environment import with_password
from tests.deployment.compose import EXAMPLE, ROOT, read_compose

PATIENCE = 90  # seconds
SCALE = {"WEB_WORKERS": "2", "WEB_THREADS": "2", "WORKER_PROCESSES": "1", "DATABASE_SHARED_BUFFERS": "128MB"}


@dataclass(frozen=True)
class Standing:
    """What stands: the folder with its logs, the web's port, and how to run a command as a service would."""

    folder: Path
    port: int
    environment: dict[str, str]
    ground: "Ground"
    start: Callable[..., None]

    def run(self, *command: str, told: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of the app's container, such as a health check; `told` is what it reads."""
        said = {"env": self.environment, "cwd": ROOT, "input": told, "capture_output": True, "text": True}
        return subprocess.run(command, timeout=PATIENCE, check=False, **said)

    def health(self, service: str) -> subprocess.CompletedProcess[str]:
        """Ask a service's own health check, as the file has it."""
        kind, *words = self.ground.services[service]["healthcheck"]["test"]
        words = [self.ground.here(word) for word in words]
        return self.run("sh", "-c", *words) if kind == "CMD-SHELL" else self.run(*words)

    def stop(self, service: str) -> None:
        """Stop a service as Docker would."""
        stop(self.ground.processes[service], self.ground.stop_signal(service))

    def start_database(self) -> None:
        """Start the database again on its volume."""
        self.start("database", **self.ground.account.popen())

    def log(self, service: str) -> str:
        """All that a service has said."""
        return (self.folder / f"{service}.log").read_text()


class Ground:
    """Folders, ports and the file, before anything runs."""

    def __init__(self, folder: Path, domain: str) -> None:
        self.folder = folder
        self.account: Account = engine_account()
        self.programs: Programs = find_programs(folder, self.account)
        self.services: dict[str, dict[str, Any]] = read_compose({"SITE_DOMAIN": domain} | SCALE)["services"]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ports = {name: free_port() for name in ("database", "broker", "web")}
        self.secrets = _make_secrets(folder)
        for name in ("tmp", "state"):
            (folder / name).mkdir()
        for name in ("database", "broker"):
            self.account.make_folder(folder / name)

    def here(self, text: str) -> str:
        """What the file says of a container, as it is on this machine."""
        for there, found in (
            ("=/tmp/", f"={self.folder}/tmp/"),
            ("@database:5432", f"@127.0.0.1:{self.ports['database']}"),
            ("//broker:6379", f"//127.0.0.1:{self.ports['broker']}"),
            ("0.0.0.0:8000", f"127.0.0.1:{self.ports['web']}"),
            ("127.0.0.1:8000", f"127.0.0.1:{self.ports['web']}"),
            ("/run/secrets", str(self.secrets)),
            ("/etc/valkey.conf", str(self.folder / "valkey.conf")),
        ):
            text = text.replace(there, found)
        return text

    def command(self, service: str) -> list[str]:
        return [self.here(word) for word in self.services[service]["command"]]

    def stop_signal(self, service: str) -> int:
        """The signal that the file stops it by."""
        return int(getattr(signal, self.services[service].get("stop_signal", "SIGTERM")))

    def environment(self, service: str) -> dict[str, str]:
        """Nothing of this process's own, but where programs are and what the image sets."""
        said = {name: self.here(value) for name, value in self.services[service].get("environment", {}).items()}
        programs = [str(Path(sys.executable).parent), str(self.programs.postgres.parent)]
        path = ":".join([*programs, str(self.programs.valkey.parent), "/usr/local/bin:/usr/bin:/bin"])
        image = {"PATH": path, "RECEPTION_VAR": str(self.folder / "state"), "STATIC_ROOT": str(self.folder / "static")}
        return image | {"TMPDIR": str(self.folder / "tmp"), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"} | said


@contextmanager
def standing(domain: str = EXAMPLE["SITE_DOMAIN"]) -> Iterator[Standing]:
    """Every service but the proxy runs inside; each is asked to stop after, as Docker would."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="reception-compose-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        ground = Ground(folder, domain)

        def start(service: str, **popen: Any) -> None:
            log = stack.enter_context((folder / f"{service}.log").open("ab"))
            as_said = {"env": ground.environment(service), "cwd": ROOT, "stdout": log, "stderr": subprocess.STDOUT}
            command = ground.command(service)
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **(as_said | popen))
            ground.processes[service] = process
            stack.callback(stop, process, ground.stop_signal(service))

        _start_database(ground, start)
        _start_broker(ground, start)
        for step in (ground.command("migrate"), ["python", "manage.py", "collectstatic", "--no-input", "-v", "0"]):
            subprocess.run(step, env=ground.environment("migrate"), cwd=ROOT, check=True)
        for service in ("web", "worker", "beat"):
            start(service)
        stands = Standing(folder, ground.ports["web"], ground.environment("web"), ground, start)
        _wait(lambda: stands.health("web").returncode == 0, stands, "web")
        yield stands


def _start_database(ground: Ground, start: Callable[..., None]) -> None:
    """As the image's first start does: initdb with the file's arguments, then the script of deploy/."""
    data, said = ground.folder / "database" / "data", ground.services["database"]["environment"]
    password = ground.secrets / "database_superuser_password"
    initdb = [str(ground.programs.initdb), "-D", str(data), "-U", said["POSTGRES_USER"], f"--pwfile={password}"]
    made = [*initdb, "--no-sync", *shlex.split(said["POSTGRES_INITDB_ARGS"])]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, **ground.account.popen())
    port = ground.ports["database"]
    own = ["-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    # Docker's shared memory is as large as the file says; here it may be smaller
    own += ["-c", "dynamic_shared_memory_type=mmap"]
    ground.services["database"]["command"] += own
    start("database", **ground.account.popen())
    asked = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGPASSWORD": password.read_text(),
        "POSTGRES_USER": "postgres",
    }
    asked |= {"PATH": f"{ground.programs.postgres.parent}:/usr/bin:/bin"}
    health = ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=postgres", "--dbname=postgres"]
    until(lambda: subprocess.run(health, env=asked, check=False).returncode == 0)
    script = ground.here((ROOT / "deploy" / "database.sh").read_text())
    subprocess.run(["sh", "-c", script], env=asked, check=True)


def _start_broker(ground: Ground, start: Callable[..., None]) -> None:
    conf = (ROOT / "deploy" / "valkey.conf").read_text().replace("/data", str(ground.folder / "broker"))
    (ground.folder / "valkey.conf").write_text(f"{conf}port {ground.ports['broker']}\nbind 127.0.0.1\n")
    start("broker", **(ground.account.popen() | {"env": ground.environment("broker")}))
    until(lambda: _answers(ground.ports["broker"]))


def start_proxy(folder: Path, web: int, port: int) -> subprocess.Popen[bytes]:
    """Caddy on a port of this machine, with a certificate of its own authority."""
    said = {
        "SITE_DOMAIN": f"127.0.0.1:{port}",
        "CERTIFICATE": "internal",
        "WEB_HOST": "127.0.0.1",
        "WEB_PORT": str(web),
        "LISTEN_HTTP": str(free_port()),
        "LISTEN_HTTPS": str(port),
    }
    homes = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "tmp"), "XDG_CONFIG_HOME": str(folder / "tmp")}
    command = ["caddy", "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
    log = (folder / "proxy.log").open("wb")
    path = {"PATH": os.environ["PATH"]}
    process = subprocess.Popen(command, env=path | homes | said, stdout=log, stderr=subprocess.STDOUT)
    until(lambda: _answers(port))
    return process


def _make_secrets(folder: Path) -> Path:
    (folder / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "secrets.sh", folder / "deploy")
    subprocess.run([str(folder / "deploy" / "secrets.sh")], check=True, stdout=subprocess.DEVNULL)
    (folder / "secrets").chmod(0o755)  # a container sees the file without its folder
    return folder / "secrets"


def stop(process: subprocess.Popen[bytes], number: int) -> None:
    process.send_signal(number)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as wire:
        return wire.connect_ex(("127.0.0.1", port)) == 0


def _wait(holds: Callable[[], bool], stands: Standing, service: str) -> None:
    try:
        until(holds)
    except AssertionError:
        raise AssertionError(f"{service} does not answer:\n{stands.log(service)}") from None


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def main() -> None:
    """Stand until Ctrl-C, behind Caddy where there is one, and say how the browser's tests reach it."""
    port = free_port()
    with standing(f"127.0.0.1:{port}") as stands:
        said = stands.environment
        proxy = start_proxy(stands.folder, stands.port, port) if shutil.which("caddy") else None
        for name in ("DATABASE", "BROKER"):
            password = Path(said[f"{name}_PASSWORD_FILE"]).read_text()
            print(f"export {name}_URL={with_password(said[f'{name}_URL'], password)}")
        print(f"export RECEPTION_ADDRESS=https://127.0.0.1:{port}" if proxy else "no Caddy here")
        print(f"logs: {stands.folder}", flush=True)
        asked = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked.set())
        asked.wait()
        if proxy:
            stop(proxy, signal.SIGTERM)


if __name__ == "__main__":
    main()
