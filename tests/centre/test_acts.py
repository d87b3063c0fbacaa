"""An act is done once, by whom its author was then, and answered the same whenever it is sent again."""

import hashlib
import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from centre.access import NotAllowed, Role
from centre.acts import act, digest_of
from centre.models import Act, Assignment, Site, User
from centre.refusals import Changed, NotThen
from centre.sent import read_sent
from desk.gate import count_gate
from registrations.models import GateCount
from tests.build import make_site, make_user

HOUR = timedelta(hours=1)

transactional = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Noted:
    """What the act of these tests answers."""

    tries: int


def in_threads(*calls):
    """Do these at once, each on a connection of its own; what each answered or raised."""

    def do(call):
        try:
            return call()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(do, calls))


@transactional
def test_the_same_act_sent_twice_at_once_is_done_once():
    site, desk, key, at = make_site(), make_user(), uuid.uuid4(), now() - HOUR
    answers = in_threads(*[lambda: count_gate(site, people=7, by=desk, at=at, id=key)] * 4)
    assert len(set(answers)) == 1
    assert GateCount.objects.get().people == 7


@pytest.mark.django_db
def test_the_same_id_with_other_facts_or_by_another_changes_nothing():
    site, desk, key = make_site(), make_user(), uuid.uuid4()
    count_gate(site, people=7, by=desk, id=key)
    with pytest.raises(Changed):
        count_gate(site, people=8, by=desk, id=key)
    with pytest.raises(Changed):
        count_gate(site, people=7, by=make_user(), id=key)
    assert GateCount.objects.get().people == 7


@pytest.mark.django_db
def test_an_act_refused_leaves_its_id_free():
    site, key = make_site(), uuid.uuid4()
    with pytest.raises(NotAllowed):
        count_gate(site, people=7, by=make_user(Role.OFFICIAL), id=key)
    assert not Act.objects.exists()
    count_gate(site, people=7, by=make_user(), id=key)


@pytest.mark.django_db
@pytest.mark.parametrize("away", [timedelta(days=-8), timedelta(minutes=6)])
def test_an_act_out_of_reach_is_refused_and_not_written(away):
    with pytest.raises(NotThen):
        count_gate(make_site(), people=7, by=make_user(), at=now() + away)
    assert not Act.objects.exists()
    assert not GateCount.objects.exists()


@pytest.mark.django_db
def test_an_act_done_long_ago_is_answered_when_it_is_sent_again(settings):
    site, desk, key, at = make_site(), make_user(), uuid.uuid4(), now() - timedelta(days=6)
    first = count_gate(site, people=7, by=desk, at=at, id=key)
    settings.OLDEST_ACT = timedelta(days=5)
    assert count_gate(site, people=7, by=desk, at=at, id=key) == first


@pytest.mark.django_db
def test_the_right_to_act_is_judged_at_its_instant_and_now():
    site, volunteer = make_site(), make_user(Role.VOLUNTEER)
    Assignment.objects.filter(user=volunteer).update(site=site, starts_at=now() - 2 * HOUR)
    count_gate(site, people=7, by=volunteer, at=now() - HOUR)
    with pytest.raises(NotAllowed):
        count_gate(site, people=7, by=volunteer, at=now() - 3 * HOUR)
    Assignment.objects.filter(user=volunteer).update(ends_at=now())
    with pytest.raises(NotAllowed):
        count_gate(site, people=7, by=User.objects.get(pk=volunteer.pk), at=now() - HOUR)
    assert GateCount.objects.count() == 1


@pytest.mark.django_db
def test_what_happened_under_one_role_may_be_told_under_the_next():
    site, volunteer = make_site(), make_user(Role.VOLUNTEER)
    Assignment.objects.filter(user=volunteer).update(site=site, ends_at=now() - HOUR)
    Assignment.objects.create(user=volunteer, role=Role.COORDINATOR, starts_at=now() - HOUR)
    count_gate(site, people=7, by=volunteer, at=now() - 2 * HOUR)
    assert GateCount.objects.count() == 1


def test_the_digest_is_of_what_is_said_and_not_of_how_it_is_written():
    instant = datetime(2023, 9, 28, 14, 5, 0, 123456, tzinfo=UTC)
    here = instant.astimezone(timezone(timedelta(hours=4)))
    one, other = uuid.uuid4(), uuid.uuid4()
    said = {"at": instant, "area": Decimal("12.50"), "keys": {one, other}, "rows": (1, 2)}
    same = {"rows": [1, 2], "keys": {other, one}, "area": Decimal("12.5"), "at": here}
    assert digest_of("any", said) == digest_of("any", same)
    assert digest_of("any", said) != digest_of("any", said | {"at": instant + timedelta(microseconds=1)})


@pytest.fixture
def told(settings):
    """A gate's count as it was told, with the key of its act."""
    facts = {"site": make_site(), "people": 7, "by": make_user(), "id": uuid.uuid4()}
    settings.SECRET_KEY = "of today"
    return facts, count_gate(**facts)


def bare(kind, facts):
    """A digest that whoever has the database can take of words that they guess."""
    said = {
        name: str(value.pk) if name == "site" else value for name, value in facts.items() if name not in ("by", "id")
    }
    text = json.dumps([kind, said | {"at": None}], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.django_db
def test_what_was_said_cannot_be_tried_out_on_the_table(told):
    facts, _answer = told
    kept = Act.objects.get(kind="count_gate").digest
    assert bare("count_gate", facts) not in kept
    assert len(kept) == 66
    sent = read_sent(str(facts["id"]), "/api/v1/gate-counts/", {"people": 7})
    assert hashlib.sha256(json.dumps(["/api/v1/gate-counts/", {"people": 7}]).encode()).hexdigest() not in sent.digest


@pytest.mark.django_db
def test_an_act_is_known_again_after_the_key_has_changed(told, settings):
    facts, answer = told
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "of tomorrow", ["of today"]
    assert count_gate(**facts) == answer
    with pytest.raises(Changed):
        count_gate(**facts | {"people": 8})


@pytest.mark.django_db
def test_an_act_of_before_is_put_under_the_key_and_answered_as_it_was(told, settings):
    facts, answer = told
    kept = Act.objects.get(kind="count_gate")
    step = import_module("centre.migrations.0020_digests_under_a_key")
    with connection.cursor() as cursor:
        cursor.execute(step.LET_THROUGH)
        cursor.execute("SET LOCAL reception.keys_digests = 'yes'")
        was = [bare("count_gate", facts), f"1:{bare('count_gate', facts)}"]
        cursor.execute("UPDATE centre_act SET digest = %s, sent_digest = %s WHERE kind = 'count_gate'", was)
        assert count_gate(**facts) == answer, "also while the release of before still runs beside"
        for _twice in range(2):
            step.put_under_key(None, connection.schema_editor())
        cursor.execute(step.AS_BEFORE)
        row = Act.objects.get(kind="count_gate")
        assert (row.digest, row.sent_digest) == (kept.digest, kept.digest)
        assert count_gate(**facts) == answer
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("UPDATE centre_act SET digest = ''")


@transactional
def test_a_deadlock_is_tried_once_more_from_the_start():
    first, second = make_site(code="a"), make_site(code="b")
    desk, both = make_user(), threading.Barrier(2)
    tries: dict[str, int] = {"there": 0, "back": 0}

    @act("meet", answers=Noted)
    def meet(name, sites, *, by, at, act):
        tries[name] += 1
        for position, site in enumerate(sites):
            list(Site.objects.filter(pk=site.pk).select_for_update())  # in the order named, as no act of ours may
            if position == 0 and tries[name] == 1:
                both.wait(timeout=20)
        return Noted(tries[name])

    answers = in_threads(
        lambda: meet("there", [first, second], by=desk),
        lambda: meet("back", [second, first], by=desk),
    )
    assert max(answer.tries for answer in answers) == 2
    assert Act.objects.filter(kind="meet").count() == 2
