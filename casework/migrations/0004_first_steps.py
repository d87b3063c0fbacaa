"""What was known of each case becomes its first steps, sealed; two open ones of a child become one."""

from django.db import migrations

CHILDREN = ("child_alone", "child_left")


def write_first_steps(apps, _editor):
    """Say of each case what it is, and write how it was opened and closed."""
    Case, Step = apps.get_model("casework", "Case"), apps.get_model("casework", "Step")
    Membership = apps.get_model("registrations", "Membership")
    counted = dict(
        Membership.objects.filter(individual__in=Case.objects.values("individual")).values_list("individual", "counted_as")
    )
    first = {}
    for case in Case.objects.select_related("act", "closed_by", "opened_by").order_by("opened_at", "pk"):
        case.counted_as_id = counted.get(case.individual_id, case.individual_id)
        case.kind = "child_protection" if case.reason in CHILDREN else "medical"
        case.urgency, case.urgent_since = "now" if case.urgent else "today", case.opened_at
        facts = {"case": case, "act": case.act, "recorded_at": case.act.recorded_at}
        Step.objects.create(
            kind="opened",
            reason=case.reason,
            urgency=case.urgency,
            words=case.note,
            happened_at=case.opened_at,
            by=case.opened_by,
            **facts,
        )
        if case.closed_at:
            case.outcome, case.first_action_at = "other", case.closed_at
            Step.objects.create(
                kind="closed", outcome="other", happened_at=case.closed_at, by=case.closed_by, **facts
            )
        else:
            earlier = first.setdefault((case.counted_as_id, case.kind), case)
            case.counted_with = earlier if earlier is not case else None
        case.save()


class Migration(migrations.Migration):
    dependencies = [("casework", "0003_cases_are_followed")]

    operations = [migrations.RunPython(write_first_steps, migrations.RunPython.noop)]
