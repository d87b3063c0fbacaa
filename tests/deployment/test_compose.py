"""The compose file keeps to its schema; no service is root, writes where it should not, or shows a secret."""

import subprocess
import sys

import pytest
from django.conf import settings

from tests.deployment.compose import ROOT, read_compose

WHOLE = read_compose()
SERVICES = WHOLE["services"]


def test_the_compose_file_keeps_to_its_schema():
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(check, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_privilege_and_writes_only_where_it_is_told(name):
    service = SERVICES[name]
    assert service["user"] not in ("", "0", "root", "0:0")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["healthcheck"].get("test") or service["healthcheck"] == {"disable": True}
    assert service["restart"] == ("no" if name in ("roles", "migrate", "backup") else "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_environment_or_a_command(name):
    said = SERVICES[name].get("environment", {})
    secret = {variable for variable in said if any(word in variable for word in ("PASSWORD", "SECRET", "TOKEN"))}
    assert {variable for variable in secret if not variable.endswith("_FILE")} == set()
    assert all(said[variable].startswith("/run/secrets/") for variable in secret)


def test_only_the_proxy_is_reached_from_outside():
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    assert WHOLE["networks"]["inside"]["internal"] is True
    assert WHOLE["networks"]["next"]["internal"] is True


def test_the_proxy_stays_when_what_is_behind_it_is_replaced():
    assert "depends_on" not in SERVICES["proxy"]


def test_one_migrates_and_the_others_wait_for_it():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert not any("migrate" in str(SERVICES[name].get("command")) for name in SERVICES if name != "migrate")


def test_no_secret_and_no_data_goes_into_the_image():
    kept = (ROOT / ".dockerignore").read_text().split()
    assert kept[0] == "*"
    assert not {
        line for line in kept if line.startswith("!") and line[1:] in ("secrets", "var", ".env", ".git", "tests")
    }
