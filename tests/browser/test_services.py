"""The compose file's services started by hand: healthy, safe to show to the world, and the first family registered."""

import json
import re
import shutil
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest
from allauth.account.adapter import get_adapter
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, expect

from tests.deployment.compose import ROOT
from tests.deployment.standing import Standing, free_port, standing

pytestmark = pytest.mark.browser

PASSWORD = "seven-dry-apricots"
NAME = "Սարգսյան"
SITES = str(ROOT / "docs" / "sites.csv")
OPEN = ("--name", "Goris reception 2026", "--code", "GORI", "--complaints-to", "0-800-01-234")
OPEN += ("--administrator", "armine", "--language", "en", "--sites", SITES, "--password-file", "-")
CHECKED = ("database", "broker", "web", "worker", "beat", "proxy")


@pytest.fixture(scope="module")
def stands() -> Iterator[Standing]:
    assert shutil.which("caddy"), "The TLS proxy's test needs Caddy: apt-get install caddy"
    with standing() as standing_here:
        yield standing_here


@pytest.fixture(scope="module")
def cards(stands: Standing) -> str:
    """The operation is opened as docs/deploy.md says; the cards it printed."""
    opened = stands.run("migrate", "python", "manage.py", "open", *OPEN, said=f"{PASSWORD}\n")
    assert opened.returncode == 0, opened.stderr
    return (stands.folder / "state" / "papers" / "cards.html").read_text()


@pytest.fixture
def page(chromium: Browser, stands: Standing) -> Iterator[Page]:
    """A browser that comes through the TLS proxy, whose own authority it does not know."""
    context = chromium.new_context(base_url=f"https://{stands.site}", locale="en-GB", ignore_https_errors=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.mark.parametrize("service", CHECKED)
def test_a_service_is_healthy_by_its_own_check(stands, service):
    stands.wait_for(lambda: stands.is_healthy(service), f"a healthy {service}")


def test_a_broker_is_asked_with_its_password(stands):
    without = stands.run("broker", "valkey-cli", "ping", REDISCLI_AUTH="")
    assert "NOAUTH" in without.stdout


def test_it_is_safe_to_show_to_the_world(stands):
    checked = stands.run("web", "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    plain = _get(f"http://127.0.0.1:{stands.ports['redirect']}/accounts/login/")
    assert (plain.status, plain.headers["Location"]) == (308, f"https://{stands.site}/accounts/login/")
    sign_in_page = _get(f"https://{stands.site}/accounts/login/")
    assert sign_in_page.status == 200
    assert sign_in_page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "; Secure" in sign_in_page.headers["Set-Cookie"]
    assert [_get(f"https://{stands.site}/{name}").status for name in ("readyz", "metrics")] == [404, 404]
    as_another = urllib.request.Request(f"http://127.0.0.1:{stands.ports['web']}/", headers={"Host": "evil.example"})
    assert _get(as_another).status == 400


def test_what_a_visitor_says_of_their_address_is_not_believed(stands, settings):
    """Rate limits count by the address that the proxy has seen."""
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Real-IP": "203.0.113.9"}
    with _proxy_before_an_echo(stands) as site:
        told = json.load(_get(urllib.request.Request(f"https://{site}/", headers=claimed)))
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = int(stands.environment("web")["TRUSTED_PROXIES"])
    request = RequestFactory().get("/", headers=told, REMOTE_ADDR="10.0.0.7")
    assert get_adapter().get_client_ip(request) == "127.0.0.1"


def test_an_operation_is_opened_and_its_first_family_registered(stands, cards, page):
    number, code = re.search(r'<span>([\d ]{11})</span>.*?class="no">(\d+ [A-Z])<', cards, re.DOTALL).group(2, 1)

    sign_in(page, "armine", PASSWORD)
    page.goto("/settings/staff/")
    page.get_by_label("User name").fill("anna.h")
    page.get_by_label("Given name").fill("Anna")
    page.get_by_label("Family name").fill("Hakobyan")
    page.locator("select[name=language]").select_option("en")
    page.locator("select[name=site]").select_option(index=1)
    page.get_by_role("button", name="Add the person").click()
    password = page.locator(".spelt").inner_text()
    role = "SELECT role, code FROM centre_assignment JOIN centre_site site ON site.id = site_id"
    given = stands.ask(role).split("|")  # one administrator alone: an hour later, or at once from the machine
    at_once = ("python", "manage.py", "role", "anna.h", given[0], "--site", given[1], "--last-day", "2100-01-31")
    counts = stands.run("migrate", *at_once)
    assert counts.returncode == 0, counts.stderr

    page.context.clear_cookies()
    sign_in(page, "anna.h", password)
    page.get_by_label("Password now").fill(password)
    page.get_by_label("New password", exact=True).fill("own-apricot-garden-7")
    page.get_by_label("New password once more").fill("own-apricot-garden-7")
    page.locator("main button.main").click()
    expect(page.locator("[data-saved]")).to_be_visible()
    page.goto("/intake/")
    page.locator("[data-card]").fill(f"{number} {code}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("New card")).to_be_visible()
    page.locator("#id_member-0-family_name").fill(NAME)
    page.locator("#id_member-0-given_name").fill("Մարիամ")
    page.locator("#id_member-0-sex").select_option("F")
    page.locator("#id_member-0-birth").fill("34")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1.card-no")).to_have_text(number)
    page.goto("/families/")
    expect(page.get_by_role("link", name=number)).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    assert stands.ask("SELECT count(*) FROM registrations_individual") == "1"


def test_the_worker_does_what_it_is_sent_for_through_the_broker(stands, cards):
    done = _tasks_done(stands, "census.tasks.take_due_snapshots")
    _send(stands, "census.tasks.take_due_snapshots")
    stands.wait_for(lambda: _tasks_done(stands, "census.tasks.take_due_snapshots") > done, "the worker")


def test_a_backup_is_written_and_restored_elsewhere(stands, cards):
    written = stands.run("backup", *stands.command("backup"))
    assert written.returncode == 0, written.stderr
    [file] = (stands.folder / "backups").glob("GORI-*.age")
    stands.ask("CREATE DATABASE rehearsal OWNER reception_owner")
    address = stands.environment("migrate")["DATABASE_URL"].removesuffix("reception") + "rehearsal"
    command = ("python", "manage.py", "restore", str(file), "--identity", "-")
    restored = stands.run("migrate", *command, said=str(stands.key), DATABASE_URL=address)
    assert restored.returncode == 0, restored.stderr
    assert "Restored Goris reception 2026" in restored.stdout


def test_to_migrate_once_more_changes_nothing(stands):
    again = stands.run("migrate", *stands.command("migrate"))
    assert again.returncode == 0, again.stderr
    assert "No migrations to apply." in again.stdout


@pytest.mark.parametrize("engine", ["database", "broker"])
def test_an_engine_that_went_away_is_said_and_comes_back(stands, engine):
    stands.stop(engine)
    asked = stands.check("web")
    assert asked.returncode == 1
    assert f'"{engine}": "does not answer"' in asked.stderr
    assert _get(f"https://{stands.site}/healthz").status == 200
    stands.start(engine)
    stands.wait_for(lambda: stands.is_healthy("web"), "the web to be ready again")
    assert _get(f"https://{stands.site}/accounts/login/").status == 200
    done = _tasks_done(stands, "upkeep.tasks.heartbeat")
    _send(stands, "upkeep.tasks.heartbeat")
    stands.wait_for(lambda: _tasks_done(stands, "upkeep.tasks.heartbeat") > done, "the worker to be back")


def test_no_secret_is_in_a_log_or_in_sight_of_other_processes(stands, cards):
    """Last, when all has been said; and no name either."""
    secret = {path.name: path.read_text() for path in stands.secrets.iterdir()} | {"name": NAME, "sign-in": PASSWORD}
    assert len(secret) == 9
    said = {path.name: path.read_text() for path in stands.folder.glob("*.log")}
    for service, process in stands.processes.items():
        if process.poll() is None:
            of = psutil.Process(process.pid)
            everyone = [of, *of.children(recursive=True)]
            said[f"processes of {service}"] = str([[one.cmdline(), one.environ()] for one in everyone])
    assert [(where, what) for where, text in said.items() for what, held in secret.items() if held in text] == []


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_rest: object) -> None:
        return None


def _get(address):
    """The answer, whatever its status; the proxy's own authority is believed."""
    secure = urllib.request.HTTPSHandler(context=ssl._create_unverified_context())
    try:
        return urllib.request.build_opener(secure, _Stay).open(address, timeout=20)
    except urllib.error.HTTPError as error:
        return error


class _Echo(BaseHTTPRequestHandler):
    """Answers with the headers it was sent."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(dict(self.headers)).encode())

    def log_message(self, *_rest: object) -> None:
        return None


@contextmanager
def _proxy_before_an_echo(stands: Standing) -> Iterator[str]:
    """The proxy once more, with another behind it; the site it answers to."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as echo:
        threading.Thread(target=echo.serve_forever, daemon=True).start()
        site = f"127.0.0.1:{free_port()}"
        others = {"SITE_DOMAIN": site, "WEB_PORT": str(echo.server_port), "LISTEN_HTTP": str(free_port())}
        with stands.one_more("proxy", **others):
            stands.wait_for(lambda: _answers(f"https://{site}/"), "the second proxy")
            yield site
        echo.shutdown()


def _answers(address: str) -> bool:
    try:
        return bool(_get(address).status)
    except OSError:
        return False


def _send(stands: Standing, task: str) -> None:
    sent = stands.run("beat", "celery", "--quiet", "--app=reception", "call", task)
    assert sent.returncode == 0, sent.stderr


def _tasks_done(stands: Standing, name: str) -> float:
    """How often the workers have done it, as Prometheus is told, who brings the token."""
    token = (stands.secrets / "metrics_token").read_text()
    address = f"http://127.0.0.1:{stands.ports['web']}/metrics"
    answer = _get(urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"}))
    figures = answer.read().decode()
    assert answer.status == 200, figures
    found = re.search(rf'^reception_tasks_total{{name="{name}",outcome="SUCCESS"}} (\S+)$', figures, re.MULTILINE)
    return float(found[1]) if found else 0
