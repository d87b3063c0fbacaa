"""What was folded by an earlier release is folded as today's search folds it, after the upgrade."""

import pytest
from django.core.management import call_command

from casework.tracing import TracingRequest
from casework.tracing_actions import seek_person
from centre.access import Role
from desk.correcting import Said, correct
from registrations.corrections import FormerName
from registrations.models import Individual, Name
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

FOLDS = ("given_fold", "family_fold", "fathers_fold")


def stored() -> list[object]:
    """All folds and keys that stand in the database."""
    people, former = (model.objects.order_by("pk").values_list(*FOLDS) for model in (Individual, FormerName))
    names = Name.objects.order_by("kind", "folded", "spelt").values_list("kind", "folded", "spelt", "keys")
    return [list(rows) for rows in (people, former, names, TracingRequest.objects.values_list("keys"))]


def test_an_upgrade_folds_what_is_stored_as_what_is_registered_today():
    goris = make_site("goris")
    facts = {"fathers_name": "Rafael"}
    family = register_family(goris, make_user(), person("Varoujan", "Nişanyan", **facts))
    girl = Individual.objects.members_of(family).get()
    correct(family, said=[Said("given_name", "Djivan", person=girl.pk)], by=make_user())
    seek_person(girl, given_name="Nouneh", family_name="Ter-Hakobyan", by=make_user(Role.PROTECTION))
    today = stored()
    assert all(today)

    Individual.objects.update(given_fold="tjivan", family_fold="nisany", fathers_fold="rafael")
    FormerName.objects.update(given_fold="varuzhan", family_fold="nisany", fathers_fold="rafael")
    Name.objects.all().delete()
    Name.objects.create(kind="given", folded="tjivan", spelt="tjivan", keys=[1])
    TracingRequest.objects.update(keys=[1])
    call_command("migrate", "registrations", "0026", fake=True, verbosity=0)
    for app, folds_anew in (("registrations", "0027"), ("casework", "0017")):
        call_command("migrate", app, folds_anew, verbosity=0)
    call_command("migrate", fake=True, verbosity=0)  # what came since is there

    assert stored() == today
