"""What was said of people's needs before cases were followed opens the cases that the table of rules calls for."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F, Q
from django.utils import timezone

NOT_TWICE = "LOCK TABLE casework_case IN SHARE ROW EXCLUSIVE MODE"  # no desk opens one meanwhile


def open_cases_of_needs(apps, editor):
    """Open one for each kind of matter that somebody who is here needs, by the act in which the need was first said.

    A need that ended opens nothing, nor one whose matter is open, or was closed since the need was said. Done twice,
    it opens nothing more. A case is as old as its need; that nobody looks at it is told from now on.
    """
    Case, Step = apps.get_model("casework", "Case"), apps.get_model("casework", "Step")
    editor.execute(NOT_TWICE)
    calls, now = _calls(apps), timezone.now()
    sites = _sites(apps, {person for person, _kind in calls}, now)
    followed = {}
    for person, kind, closed_at in Case.objects.values_list("counted_as", "kind", "closed_at"):
        followed.setdefault((person, kind), []).append(closed_at)
    cases, steps = [], []
    for (person, kind), (need, urgency) in calls.items():
        known = followed.get((person, kind), ())
        if person not in sites or any(closed is None or closed >= need.act.at for closed in known):
            continue
        said = {"reason": "urgent_need", "urgency": urgency, "act": need.act}
        whose = {"individual_id": need.individual_id, "counted_as_id": person, "site_id": sites[person], "kind": kind}
        since = {"opened_at": need.act.at, "opened_by_id": need.act.by_id, "urgent_since": now}
        cases.append(Case(**whose, **since, **said))
        steps.append(Step(case=cases[-1], kind="opened", happened_at=need.act.at, by_id=need.act.by_id, **said))
    Case.objects.bulk_create(cases, batch_size=1000)
    Step.objects.bulk_create(steps, batch_size=1000)


def _calls(apps):
    """By person and kind of matter, the need that was said first, and how soon somebody has to look."""
    rules = apps.get_model("casework", "CaseRule").objects.in_bulk()
    needs = apps.get_model("registrations", "SpecificNeed").objects.filter(ended_at=None, code__in=rules)
    records = needs.values("individual")
    belong = apps.get_model("registrations", "Membership").objects.filter(individual__in=records)
    counted = dict(belong.values_list("individual", "counted_as"))
    calls = {}
    for need in needs.filter(individual__never_was=False).select_related("act").order_by("act__at", "pk"):
        rule, person = rules[need.code_id], counted.get(need.individual_id, need.individual_id)
        first, urgency = calls.get((person, rule.kind), (need, rule.urgency))
        calls[person, rule.kind] = first, min(urgency, rule.urgency)
    return calls


def _sites(apps, people, now):
    """Where each of these persons is, or is going from one site to another; nobody who left, is presumed to, or died."""
    presences = apps.get_model("registrations", "Presence").objects.filter(individual__in=people, during__contains=now)
    hours = F("site__presumed_left_after") * timedelta(hours=1)
    left = Q(site__presumed_left_after__isnull=False, during__startswith__lte=now - hours)
    absences = apps.get_model("registrations", "Absence").objects.filter(individual__in=people, during__contains=now)
    going = absences.filter(movement__kind="departed", movement__destination_site__isnull=False)
    on_the_way = going.values_list("individual", "movement__destination_site")
    return dict(on_the_way) | dict(presences.exclude(left).values_list("individual", "site"))


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0015_closed_cases_follow_too"),
        ("centre", "0021_guest_houses_and_schools"),
        ("registrations", "0023_reason_of_a_count_taken_back"),
    ]

    operations = [migrations.RunPython(open_cases_of_needs, migrations.RunPython.noop)]
