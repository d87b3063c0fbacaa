"""Who waits is moved up or declines an offer; a site is open to others for so many places."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER waiting_fact_is_append_only BEFORE UPDATE OR DELETE ON shelter_waitingfact
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

BACK = "DROP TRIGGER waiting_fact_is_append_only ON shelter_waitingfact;"


class Migration(migrations.Migration):

    dependencies = [
        ('centre', '0020_digests_under_a_key'),
        ('registrations', '0023_reason_of_a_count_taken_back'),
        ('shelter', '0004_stays_by_person_and_room'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WaitingFact',
            fields=[
                ('id', models.UUIDField(db_default=models.Func(function='uuidv7'), editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('moved_up', 'moved up'), ('declined', 'offer declined'), ('voided', 'voided')], max_length=10)),
                ('reason', models.CharField(max_length=200)),
                ('happened_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
            ],
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('places', models.SmallIntegerField()),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('act', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='centre.act')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='centre.site')),
            ],
        ),
        migrations.AddField(
            model_name='stay',
            name='opening',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='shelter.opening'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(condition=models.Q(('opening__isnull', False)), fields=['opening'], name='hold_of_opening'),
        ),
        migrations.AddConstraint(
            model_name='stay',
            constraint=models.CheckConstraint(condition=models.Q(('opening__isnull', True), ('kind', 'hold'), _connector='OR'), name='stay_of_no_opening'),
        ),
        migrations.AddField(
            model_name='waitingfact',
            name='act',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting_facts', to='centre.act'),
        ),
        migrations.AddField(
            model_name='waitingfact',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting_facts', to='registrations.household'),
        ),
        migrations.AddField(
            model_name='waitingfact',
            name='site',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centre.site'),
        ),
        migrations.AddField(
            model_name='waitingfact',
            name='voids',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voided_by', to='shelter.waitingfact'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('site', '='), ('during', '&&')], name='one_opening'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False), ('during__upper_inf', False)), name='opening_lasts_and_ends'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('places__gt', 0)), name='opening_has_places'),
        ),
        migrations.AddConstraint(
            model_name='waitingfact',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='waiting_fact_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='waitingfact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'declined'), ('site__isnull', False)), models.Q(models.Q(('kind', 'declined'), _negated=True), ('site__isnull', True)), _connector='OR'), name='offer_names_its_site'),
        ),
        migrations.AddConstraint(
            model_name='waitingfact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'voided'), ('voids__isnull', False)), models.Q(models.Q(('kind', 'voided'), _negated=True), ('voids__isnull', True)), _connector='OR'), name='voided_waiting_names_what'),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
