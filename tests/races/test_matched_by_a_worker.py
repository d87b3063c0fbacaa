"""A real worker matches who comes with who is sought, once the desk has its answer."""

import pytest

from casework.models import Step, TracingMatch
from desk.correcting import Said, correct
from tests.build import make_site, make_user, person, register_family
from tests.casework.test_matched_after import asked
from tests.census.test_worker import wait_until
from tests.servers import work

pytestmark = pytest.mark.races


def test_a_real_worker_matches_who_was_registered_corrected_and_undone(committed_database):
    goris, by = make_site("goris"), make_user()
    asked(goris)
    with work():
        register_family(goris, by, person("Անահիտ", "Հարությունյան"))
        wait_until(lambda: TracingMatch.objects.count() == 1)
        other = register_family(goris, by, person("Karine", "Harutyunyan"))
        who = other.memberships.get().individual_id
        correct(other, said=[Said("given_name", "Anahit", was="Karine", person=who)], by=by)
        wait_until(lambda: TracingMatch.objects.count() == 2)
        third = register_family(goris, by, person("Anahit", "Harutyunyan"), person("Vera", relationship="sibling"))
        wait_until(lambda: TracingMatch.objects.count() == 3)
    assert set(TracingMatch.objects.values_list("found_in__kind", flat=True)) == {"register", "correct"}
    assert Step.objects.filter(kind="matched").count() == 3
    assert third.act.answer["cases"] == []
