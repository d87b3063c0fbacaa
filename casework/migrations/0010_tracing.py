"""Who is sought, and the registered people who may be them."""

import centre.sealing
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0009_children_alone"),
        ("centre", "0018_written_by"),
        ("registrations", "0020_needs_end_in_an_act"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TracingMatch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("score", models.FloatField()),
                (
                    "agrees",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None),
                ),
                ("found_at", models.DateTimeField()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_them", "It is somebody else"),
                            ("asked", "It is them: they are asked"),
                            ("agrees", "They agree to contact"),
                            ("declines", "They do not agree to contact"),
                            ("contacted", "They are in contact"),
                        ],
                        max_length=9,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-score", "id"),
            },
        ),
        migrations.CreateModel(
            name="TracingRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("given_name", models.CharField(blank=True, max_length=80)),
                ("family_name", models.CharField(blank=True, max_length=80)),
                ("fathers_name", models.CharField(blank=True, max_length=80)),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("F", "female"), ("M", "male"), ("X", "other")], max_length=1
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True)),
                (
                    "birth_precision",
                    models.CharField(
                        choices=[
                            ("day", "day"),
                            ("month", "month"),
                            ("year", "year"),
                            ("age", "age"),
                            ("age_months", "age in months"),
                            ("age_group", "age group"),
                            ("unknown", "unknown"),
                        ],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                (
                    "relationship",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("spouse", "spouse or partner"),
                            ("son", "son"),
                            ("daughter", "daughter"),
                            ("parent", "parent"),
                            ("sibling", "brother or sister"),
                            ("grandparent", "grandparent"),
                            ("grandchild", "grandchild"),
                            ("parent_in_law", "parent-in-law"),
                            ("child_in_law", "son- or daughter-in-law"),
                            ("aunt_uncle", "aunt or uncle"),
                            ("niece_nephew", "niece or nephew"),
                            ("cousin", "cousin"),
                            ("other_relative", "other relative"),
                            ("foster", "foster child or child in their care"),
                            ("not_related", "not related"),
                        ],
                        max_length=16,
                    ),
                ),
                ("last_seen", centre.sealing.SealedField(blank=True)),
                (
                    "consent",
                    models.CharField(blank=True, choices=[("yes", "agrees"), ("no", "does not agree")], max_length=3),
                ),
                ("consent_at", models.DateTimeField(blank=True, null=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("found", "Found"),
                            ("reunited", "Together again"),
                            ("withdrawn", "No longer sought"),
                            ("died", "The sought person died"),
                        ],
                        max_length=9,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("asked_at", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="step",
            name="step_says_how_urgent",
        ),
        migrations.AddField(
            model_name="step",
            name="traced",
            field=models.CharField(
                blank=True,
                choices=[
                    ("yes", "agrees"),
                    ("no", "does not agree"),
                    ("not_them", "It is somebody else"),
                    ("asked", "It is them: they are asked"),
                    ("agrees", "They agree to contact"),
                    ("declines", "They do not agree to contact"),
                    ("contacted", "They are in contact"),
                    ("found", "Found"),
                    ("reunited", "Together again"),
                    ("withdrawn", "No longer sought"),
                    ("died", "The sought person died"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("known", "What is known"),
                    ("planned", "To do"),
                    ("done", "Done"),
                    ("taken", "Taken"),
                    ("urgency", "How urgent"),
                    ("handing", "To be handed to"),
                    ("closed", "Closed"),
                    ("reopened", "Opened again"),
                    ("voided", "Taken back"),
                    ("sought", "Somebody is sought"),
                    ("consent", "Who seeks was asked"),
                    ("matched", "May be found"),
                    ("answered", "Answer to a match"),
                    ("ended", "Search ended"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["urgency", "opened", "matched"]), _negated=True),
                    models.Q(("urgency", ""), _negated=True),
                    _connector="OR",
                ),
                name="step_says_how_urgent",
            ),
        ),
        migrations.AddField(
            model_name="tracingmatch",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="tracingmatch",
            name="counted_as",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sought_as", to="registrations.individual"
            ),
        ),
        migrations.AddField(
            model_name="tracingmatch",
            name="found_in",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="centre.act"
            ),
        ),
        migrations.AddField(
            model_name="tracingmatch",
            name="individual",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registrations.individual"
            ),
        ),
        migrations.AddField(
            model_name="tracingrequest",
            name="act",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="searches", to="centre.act"
            ),
        ),
        migrations.AddField(
            model_name="tracingrequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="tracingrequest",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="searches", to="casework.case"
            ),
        ),
        migrations.AddField(
            model_name="tracingrequest",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="tracingrequest",
            name="consent_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="tracingmatch",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="matches", to="casework.tracingrequest"
            ),
        ),
        migrations.AddIndex(
            model_name="tracingrequest",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("closed_at__isnull", True)), fields=["keys"], name="sought_by_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="tracingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("family_name", ""), ("given_name", ""), _negated=True), name="sought_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="tracingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                        models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("closed_at__isnull", True), ("outcome", "")),
                        models.Q(("closed_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                        _connector="OR",
                    ),
                ),
                name="search_ended_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="tracingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("consent_at__isnull", True), ("consent_by__isnull", True)),
                        models.Q(("consent_at__isnull", False), ("consent_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("consent", ""), ("consent_at__isnull", True)),
                        models.Q(("consent_at__isnull", False), models.Q(("consent", ""), _negated=True)),
                        _connector="OR",
                    ),
                ),
                name="seeker_was_asked_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="tracingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("birth_date__isnull", True), ("birth_precision", "unknown")),
                    models.Q(
                        ("birth_date__isnull", False),
                        models.Q(("birth_precision__in", ["unknown", "age_group"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="sought_born_as_precise_as_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="tracingmatch",
            constraint=models.UniqueConstraint(fields=("request", "individual"), name="match_told_once"),
        ),
        migrations.AddConstraint(
            model_name="tracingmatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                        models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("answer", ""), ("answered_at__isnull", True)),
                        models.Q(("answered_at__isnull", False), models.Q(("answer", ""), _negated=True)),
                        _connector="OR",
                    ),
                ),
                name="match_answered_by_someone",
            ),
        ),
    ]
