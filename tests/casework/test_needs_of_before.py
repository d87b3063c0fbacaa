"""What was said of needs before cases were followed opens the cases that the rules call for, at the upgrade."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from casework.actions import close_case
from casework.models import Case, CaseRule, Step
from centre.models import Act, Site
from desk.actions import depart, record_death
from desk.belonging import never_was
from desk.hospital import send_to_hospital
from desk.merging import merge_individuals
from desk.needing import change_needs
from registrations.models import Household, Individual
from tests.build import make_site, make_user, person, register_family

DAYS = timedelta(days=1)
BEFORE = "0015"  # the release in which a need recorded earlier opened nothing


def upgrade() -> None:
    """Bring a database of that release to this one."""
    call_command("migrate", "casework", BEFORE, fake=True, verbosity=0)
    call_command("migrate", "casework", verbosity=0)


def told_before(goris: Site, *codes: str, given: str = "Suren", **on: object) -> Household:
    """A family registered five days ago, when no need opened a case."""
    rules = list(CaseRule.objects.all())
    CaseRule.objects.all().delete()
    family = register_family(goris, make_user(), person(given, needs=codes), at=timezone.now() - 5 * DAYS, **on)
    CaseRule.objects.bulk_create(rules)
    assert not Case.objects.filter(individual__memberships__household=family).exists()
    return family


def test_upgrade_opens_what_the_rules_call_for_once(goris):
    family = told_before(goris, "SM-CC", "SM-DP", "ER", "DS")
    upgrade()
    read = [
        (case.kind, case.urgency, case.reason, case.site, case.individual.given_name, case.act.kind)
        for case in Case.objects.open().order_by("kind")
    ]
    said = ("urgent_need", goris, "Suren", "register")
    assert read == [("medical", "now", *said), ("older_person", "today", *said)]
    registered = Act.objects.get(pk=family.act_id)
    assert set(Case.objects.values_list("act", "opened_at", "opened_by")) == {
        (registered.pk, registered.at, registered.by_id)
    }
    assert Case.objects.get(kind="medical").urgent_since > timezone.now() - DAYS  # nobody could look before
    upgrade()
    assert Case.objects.count() == Step.objects.count() == 2


def test_an_opened_case_reads_by_its_step_as_every_other(goris, officer):
    told_before(goris, "SM-CC")
    upgrade()
    case = Case.objects.get()
    close_case(case, outcome="helped", by=officer)
    case.refresh_from_db()
    assert (case.urgency, case.outcome, case.closed_by) == ("now", "helped", officer)
    upgrade()
    assert Case.objects.get().closed_at, "who closed it knew of the need"


def gone(family, goris, desk):
    depart(family, site=goris, destination="abroad", by=desk)


def dead(family, goris, desk):
    record_death(Individual.objects.get(), site=goris, by=desk)


def mistaken(family, goris, desk):
    never_was(family, members=[Individual.objects.get().pk], reason="typed twice", by=desk)


def presumed_left(family, goris, desk):
    Site.objects.filter(pk=goris.pk).update(presumed_left_after=12)


def helped(family, goris, desk):
    change_needs(Individual.objects.get(), end=["SM-CC"], by=desk)


def ruled_out(family, goris, desk):
    CaseRule.objects.filter(code="SM-CC").delete()


@pytest.mark.parametrize("end", [gone, dead, mistaken, presumed_left, helped, ruled_out])
def test_who_is_not_here_or_needs_it_no_more_has_no_case(end: Callable[..., None], goris):
    end(told_before(goris, "SM-CC"), goris, make_user())
    upgrade()
    assert not Case.objects.exists()


def test_who_was_sent_to_a_hospital_has_a_case_there(goris):
    family, hospital = told_before(goris, "ER"), make_site("burns", kind=Site.Kind.HOSPITAL, confidential=True)
    who = Individual.objects.get().pk
    send_to_hospital(family, site=goris, hospital=hospital, patient=who, by=make_user())
    upgrade()
    assert Case.objects.get(kind="older_person").site == hospital


def test_records_of_one_person_have_one_case(goris):
    told_before(goris, "SM-DP")
    told_before(goris, "SM-CC", given="Souren")
    first, second = Individual.objects.order_by("given_name")
    merge_individuals(first, into=second, reason="the same man", by=make_user())
    upgrade()
    assert list(Case.objects.values_list("counted_as", "kind", "urgency")) == [(second.pk, "medical", "now")]
    recorded = Step.objects.get()
    assert (recorded.kind, recorded.urgency) == ("opened", "now")


def test_a_matter_that_is_open_is_not_opened_again(goris):
    told_before(goris, "SM-CC")
    change_needs(Individual.objects.get(), add=["SM-DP"], by=make_user())
    upgrade()
    assert Case.objects.get().urgency == "today"


def test_what_is_said_after_a_matter_was_closed_opens_it_anew(goris, officer):
    register_family(goris, make_user(), person("Suren", needs=("SM-DP",)), at=timezone.now() - 6 * DAYS)
    close_case(Case.objects.get(), outcome="helped", by=officer, at=timezone.now() - 5 * DAYS)
    rules = list(CaseRule.objects.all())
    CaseRule.objects.all().delete()
    change_needs(Individual.objects.get(), end=["SM-DP"], add=["SM-CC"], by=make_user())
    CaseRule.objects.bulk_create(rules)
    upgrade()
    assert Case.objects.open().get().urgency == "now"
