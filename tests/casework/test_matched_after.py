"""Who comes is matched with who is sought after the desk has its answer, by a worker; without one, in the night."""

import logging

from celery import current_app
from django.db import connection

from casework.models import Step, TracingMatch
from casework.tasks import match
from casework.tracing_actions import rematch_open_searches, seek_person
from centre.access import Role
from centre.models import Act
from desk.belonging import never_was, undo
from desk.correcting import Said, correct
from registrations.facts import Birth
from registrations.models import Individual
from tests.build import child, make_user, person, register_family

SOUGHT = {"given_name": "Anahit", "family_name": "Harutyunyan", "birth": Birth.in_year(1989)}


def asked(goris):
    alone = register_family(goris, make_user(), child("Mane", relationship="other", carer_kind="nobody"))
    seek_person(Individual.objects.members_of(alone).get(), by=make_user(Role.PROTECTION, goris), **SOUGHT)


def sent_for(callbacks):
    """How often a worker would be sent for."""
    return sum("match_after_commit" in one.__qualname__ for one in callbacks)


def test_where_nobody_is_sought_no_worker_is_sent_for(goris, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        register_family(goris, make_user(), person("Anahit", "Harutyunyan"))
    assert sent_for(callbacks) == 0
    asked(goris)
    with django_capture_on_commit_callbacks() as callbacks:
        register_family(goris, make_user(), person("Anahit", "Harutyunyan"))
    assert sent_for(callbacks) == 1


def test_what_is_undone_is_matched_at_once(goris, django_capture_on_commit_callbacks):
    asked(goris)
    by = make_user()
    family = register_family(goris, by, person("Anahit", "Harutyunyan"), person("Vera", relationship="sibling"))
    head, other = Individual.objects.members_of(family)
    correct(family, said=[Said("given_name", "Karine", was="Anahit", person=head.pk)], reason="misheard", by=by)
    never_was(family, members=[other.pk], reason="typed twice", by=by)
    for kind in ("never_was", "correct"):
        with django_capture_on_commit_callbacks() as callbacks:
            undo(Act.objects.get(kind=kind), by=by)
        assert sent_for(callbacks) == 1, kind
    match([str(head.pk)], str(Act.objects.filter(kind="undo").latest("recorded_at").pk))
    assert TracingMatch.objects.get().individual == head


def test_who_never_was_is_found_by_no_search(goris):
    asked(goris)
    by = make_user()
    family = register_family(goris, by, person("Vera"), person("Anahit", "Harutyunyan", relationship="sibling"))
    _head, twice = Individual.objects.members_of(family)
    never_was(family, members=[twice.pk], reason="typed twice", by=by)
    match([str(twice.pk)], str(family.act_id))
    assert rematch_open_searches() == TracingMatch.objects.count() == 0
    undo(Act.objects.get(kind="never_was"), by=by)
    match([str(twice.pk)], str(family.act_id))
    assert TracingMatch.objects.get().individual == twice


def test_a_worker_that_is_sent_twice_tells_once(goris):
    asked(goris)
    home = register_family(goris, make_user(), person("Anahit", "Harutyunyan"))
    who = [str(home.memberships.get().individual_id)]
    match(who, str(home.act_id))
    match(who, str(home.act_id))
    assert TracingMatch.objects.count() == Step.objects.filter(kind="matched").count() == 1


def test_without_a_broker_the_desk_is_answered_and_the_night_matches(
    goris, django_capture_on_commit_callbacks, caplog, monkeypatch
):
    asked(goris)
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")  # where nothing listens
    monkeypatch.setattr(current_app, "_pool", None)  # what other tests have opened
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        register_family(goris, make_user(), person("Anahit", "Harutyunyan"))
    assert not TracingMatch.objects.exists()
    assert "in the night" in caplog.text
    assert connection.ensure_connection() is None
    assert rematch_open_searches() == TracingMatch.objects.count() == 1
