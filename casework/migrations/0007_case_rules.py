"""Which need opens which case; what an administrator has changed stays."""

from django.db import migrations

RULES = (
    ("SC-UC", "child_protection", "now"),
    ("SC-SC", "child_protection", "now"),
    ("SC-CH", "child_protection", "now"),
    ("SC-IC", "child_protection", "today"),
    ("SC-FC", "child_protection", "today"),
    ("CR-CP", "child_protection", "today"),
    ("CR-CC", "child_protection", "today"),
    ("CR-TP", "child_protection", "today"),
    ("ER", "older_person", "today"),
    ("SM-CC", "medical", "now"),
    ("SM-DP", "medical", "today"),
    ("SM-MI", "medical", "today"),
    ("SM-MN", "medical", "today"),
    ("WR", "other", "today"),
    ("FU-TR", "tracing", "today"),
    ("LP", "other", "today"),
    ("TR", "other", "today"),
    ("SV", "other", "now"),
)


def write_rules(apps, _editor):
    """Write the rule of each code that is known here and has none."""
    CaseRule, NeedCode = apps.get_model("casework", "CaseRule"), apps.get_model("registrations", "NeedCode")
    known = set(NeedCode.objects.values_list("pk", flat=True)) - set(CaseRule.objects.values_list("pk", flat=True))
    CaseRule.objects.bulk_create(
        CaseRule(code_id=code, kind=kind, urgency=urgency) for code, kind, urgency in RULES if code in known
    )


class Migration(migrations.Migration):
    dependencies = [("casework", "0006_cases_follow_their_people"), ("registrations", "0014_need_codes_are_not_restricted")]

    operations = [migrations.RunPython(write_rules, migrations.RunPython.noop)]
