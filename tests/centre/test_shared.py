"""One answer for many who ask the same at once: never one from before an act, nor one that lasts."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from centre.models import Act
from centre.shared import KEPT, MOMENT, shared
from tests.build import make_user

pytestmark = pytest.mark.django_db(transaction=True)


class Asked:
    """A question of its own, which answers how often it was asked."""

    def __init__(self) -> None:
        self.key, self.times = uuid.uuid4(), 0

    def __call__(self) -> int:
        self.times += 1
        return self.times

    def ask(self, at=None) -> int:
        return shared(self.key, at or timezone.now(), self)


@pytest.fixture
def asked() -> Asked:
    return Asked()


def act(by):
    now = timezone.now()
    return Act.objects.create(id=uuid.uuid4(), kind="hold", by=by, at=now, digest=b"", answer={})


def test_within_a_moment_the_answer_is_given_again(asked):
    assert [asked.ask(), asked.ask()] == [1, 1]
    assert Asked().ask() == 1


def test_after_an_act_it_is_asked_anew(asked):
    by = make_user()
    for turn in range(1, 4):
        assert [asked.ask(), asked.ask()] == [turn, turn]
        act(by)


def test_many_at_once_ask_once(asked):
    together = Barrier(6)

    def one(_desk: int) -> int:
        try:
            together.wait()
            return asked.ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as desks:
        assert list(desks.map(one, range(6))) == [1] * 6


def test_an_instant_that_is_past_or_to_come_is_asked_for_itself(asked):
    asked.ask()
    now = timezone.now()
    assert [asked.ask(now - MOMENT), asked.ask(now + timedelta(hours=1))] == [2, 3]


def test_in_a_transaction_what_it_wrote_is_seen(asked):
    asked.ask()
    with transaction.atomic():
        assert asked.ask() == 2


def test_what_failed_is_no_answer(asked):
    def fails() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        shared(asked.key, timezone.now(), fails)
    assert asked.ask() == 1


def test_old_questions_are_forgotten(asked):
    asked.ask()
    for _other in range(KEPT):
        Asked().ask()
    assert asked.ask() == 2
