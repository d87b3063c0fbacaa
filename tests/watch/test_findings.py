"""Each thing that can be wrong is said when it is, and not when it is not."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone

from casework.actions import note
from casework.models import Case
from census.actions import take_due_snapshots
from census.models import Snapshot
from centre.access import Role
from centre.models import Operation, Site
from centre.public_logins import PASSWORD
from tests.build import STAFF, child, make_site, make_user, register_family
from upkeep.models import Backup
from upkeep.watch import heart, machine, state
from upkeep.watch.findings import Finding, findings, of_clock, of_disk, of_encryption
from upkeep.watch.machine import Disk

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_is_well(settings):
    """A real operation that lacks nothing, but for what the machine of the tests cannot have."""
    now = timezone.now()
    admin = make_user(Role.ADMINISTRATOR)
    Operation.objects.all().delete()
    Operation.objects.create(name="Goris", code="GORI", purpose="real", opened_at=now, opened_by=admin)
    make_site("goris")
    for moment in (now - state.SNAPSHOT_LATE_AFTER, now):  # just after a cut-off hour the one before is asked for
        take_due_snapshots(moment)
    for part in heart.PARTS:
        heart.note_beat(part, now)
    Backup.objects.create(taken_at=now - timedelta(hours=2), bytes=1, sha256="0" * 64, people=0)
    settings.HTTPS = settings.DISK_ENCRYPTED = settings.SECOND_FACTOR = True
    settings.DEMONSTRATION = settings.DEBUG = False
    return admin


def found(later: timedelta = timedelta(0)) -> list[Finding]:
    """Everything but the disk of the tests' machine, which is what it is."""
    return [finding for finding in findings(timezone.now() + later) if finding.code != "disk"]


def codes() -> list[str]:
    return [finding.code for finding in found()]


def test_nothing_is_wrong(all_is_well):
    assert found() == []


@pytest.mark.parametrize("part", heart.PARTS)
def test_a_silent_part_is_named_after_three_minutes(all_is_well, part):
    heart.note_beat(part, timezone.now() - timedelta(minutes=2))
    assert codes() == []
    heart.note_beat(part, timezone.now() - timedelta(minutes=4))
    assert codes() == [part]


def test_a_missed_snapshot_is_named_with_its_hour_and_site(all_is_well):
    make_site("kornidzor", name_en="Kornidzor")
    [finding] = found()
    assert finding.code == "snapshots"
    assert "20:00" in finding.what
    assert "Kornidzor" in finding.what


def test_days_that_were_skipped_are_told_for_a_month():
    now = timezone.now()
    make_site("goris")
    take_due_snapshots(now - timedelta(days=20))
    assert findings(now, "skipped_days") == []
    take_due_snapshots(now)
    [finding] = findings(now, "skipped_days")
    since, until = Snapshot.objects.order_by("at").values_list("at", flat=True)[:2]
    assert f"{timezone.localtime(since):%d.%m.%Y}" in finding.what
    assert f"{timezone.localtime(until):%d.%m.%Y}" in finding.what
    assert findings(now + timedelta(days=40), "skipped_days") == []


def test_a_confidential_site_is_not_named(all_is_well):
    make_site("safe", name_en="Safe house", confidential=True)
    [finding] = found()
    assert "Safe house" not in finding.what


@pytest.mark.parametrize(
    ("free", "total", "wrong"),
    [(11, 100, False), (9, 100, True), (6, 20, False), (4, 20, True), (100, 2000, True)],
)
def test_a_filling_disk_is_told_with_its_size(free, total, wrong):
    finding = of_disk(Disk(free * 2**30, total * 2**30))
    assert bool(finding) is wrong
    assert finding is None or f"{free}.0 of" in finding.what


def test_real_people_on_an_open_disk():
    assert of_encryption(True) is None
    assert of_encryption(False).level == "bad"
    assert of_encryption(None).level == "warn"


def test_the_disk_is_asked_about_for_real_people_until_someone_answers_for_it(all_is_well, settings):
    settings.DISK_ENCRYPTED = False
    said = of_encryption(machine.is_encrypted(Path(settings.VAR)))
    assert codes() == ([said.code] if said else [])


def test_a_practice_may_lie_on_an_open_disk_without_backup(all_is_well, settings):
    Operation.objects.update(purpose="practice")
    Backup.objects.all().delete()
    settings.DISK_ENCRYPTED = settings.HTTPS = False
    assert codes() == []


def test_no_backup_for_a_day(all_is_well):
    Backup.objects.update(taken_at=timezone.now() - timedelta(hours=25))
    assert codes() == ["backup"]
    Backup.objects.all().delete()
    assert codes() == ["backup"]


def test_a_key_that_opens_what_was_sealed_before_is_missed(all_is_well, settings):
    TOTP.activate(all_is_well, generate_totp_secret())
    RecoveryCodes.activate(all_is_well)
    assert codes() == []
    of_before, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    [finding] = found()
    assert (finding.code, all_is_well.username in finding.what) == ("factors", True)
    settings.SECRET_KEY_FALLBACKS = [of_before]
    assert codes() == []


def test_words_of_cases_under_another_key_are_said(all_is_well, settings):
    goris = Site.objects.get()
    register_family(goris, make_user(), child("Mane", relationship="other", carer_kind="nobody"))
    note(Case.objects.get(), words="her mother died", by=make_user(Role.PROTECTION, goris))
    assert codes() == []
    settings.CASE_KEYS = [Fernet.generate_key()]
    assert codes() == ["case_key"]


def test_a_clock_that_differs_from_the_database():
    assert abs(state.clock_difference()) < 1
    assert of_clock(4.9) is None
    assert of_clock(-9).code == "clock"


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("DEBUG", True, "debug"),
        ("DEMONSTRATION", True, "demonstration"),
        ("HTTPS", False, "https"),
        ("SECOND_FACTOR", False, "second_factor"),
    ],
)
def test_a_setting_that_no_operation_may_have(all_is_well, settings, setting, value, code):
    setattr(settings, setting, value)
    assert codes() == [code]


def test_a_password_of_the_demonstration_that_still_opens(all_is_well):
    user = make_user(Role.VOLUNTEER, username="volunteer")
    assert codes() == []
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    [finding] = found()
    assert (finding.code, "volunteer" in finding.what) == ("passwords", True)


def test_an_address_that_does_not_answer_is_not_known(all_is_well, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://127.0.0.1:1"]
    assert [(f.code, f.level) for f in found()] == [("certificate", "warn")]


def test_a_silent_broker_is_one_finding_and_not_five(all_is_well, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert codes() == ["broker"]


def _block_device(system: Path, number: str, name: str, *, uuid: str = "", below: tuple[Path, ...] = ()) -> Path:
    device = system / "devices" / name
    (device / "slaves").mkdir(parents=True)
    if uuid:
        (device / "dm").mkdir()
        (device / "dm" / "uuid").write_text(f"{uuid}\n")
    for one in below:
        (device / "slaves" / one.name).symlink_to(one)
    link = system / "dev" / "block" / number
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(device)
    return device


@pytest.mark.parametrize(
    ("below", "expected"),
    [(["CRYPT-LUKS2-a"], True), ([""], False), (["CRYPT-LUKS2-a", ""], False), (["CRYPT-a", "CRYPT-b"], True)],
)
def test_a_volume_is_encrypted_when_every_disk_below_it_is(tmp_path, below, expected):
    disks = [_block_device(tmp_path, f"8:{n}", f"disk{n}", uuid=uuid) for n, uuid in enumerate(below)]
    _block_device(tmp_path, "253:0", "volume", uuid="LVM-a", below=tuple(disks))
    assert machine.is_device_encrypted(os.makedev(253, 0), tmp_path) is expected


def test_a_file_system_without_a_device_cannot_tell(tmp_path):
    assert machine.is_device_encrypted(os.makedev(0, 40), tmp_path) is None


# The page and the command


def test_the_page_says_what_is_wrong_and_what_to_do(client, all_is_well):
    TOTP.activate(all_is_well, generate_totp_secret())
    client.force_login(all_is_well)
    assert "Nothing is wrong" in client.get("/settings/operation/").content.decode()
    heart.note_beat(heart.WORKER, timezone.now() - timedelta(hours=1))
    page = client.get("/settings/operation/").content.decode()
    assert "The worker is silent since" in page
    assert "Start it again" in page
    assert "/settings/operation/" in client.get("/settings/").content.decode()


@pytest.mark.parametrize("role", [role for role in STAFF if role != Role.ADMINISTRATOR])
def test_the_page_is_for_administrators(client, role):
    client.force_login(make_user(role))
    assert client.get("/settings/operation/").status_code == (404 if role == Role.RECEPTIONIST else 403)
    assert "/settings/operation/" not in client.get("/settings/").content.decode()


def test_the_command_ends_with_1_when_something_is_wrong(all_is_well, settings):
    said = StringIO()
    call_command("check_operation", stdout=said)
    assert "Nothing is wrong." in said.getvalue()
    settings.DEBUG = True
    with pytest.raises(CommandError) as caught:
        call_command("check_operation", stdout=said)
    assert caught.value.returncode == 1
    assert "DEBUG is on" in said.getvalue()
    call_command("check_operation", only="worker", stdout=said)


def test_the_command_ends_with_0_where_it_only_cannot_tell(all_is_well, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://127.0.0.1:1"]
    said = StringIO()
    call_command("check_operation", stdout=said)
    assert "not known: " in said.getvalue()
