"""What a case has since it is followed in steps; 0004 fills it from what was there."""

import centre.sealing
import django.contrib.postgres.functions
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0002_case_note'),
        ('centre', '0018_written_by'),
        ('registrations', '0020_needs_end_in_an_act'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseRule',
            fields=[
                ('code', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='case_rule', serialize=False, to='registrations.needcode')),
                ('kind', models.CharField(choices=[('child_protection', 'Child protection'), ('medical', 'Medical'), ('older_person', 'Older person'), ('disability', 'Disability'), ('tracing', 'Looking for relatives'), ('documents', 'Documents'), ('private_talk', 'Wants a private talk'), ('other', 'Other matter')], max_length=20)),
                ('urgency', models.CharField(choices=[('now', 'now'), ('today', 'today'), ('week', 'this week')], max_length=5)),
            ],
            options={
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('phone', models.CharField(max_length=20)),
                ('from_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('from_at',),
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.UUIDField(db_default=models.Func(function='uuidv7'), editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('opened', 'Opened'), ('known', 'What is known'), ('planned', 'To do'), ('done', 'Done'), ('taken', 'Taken'), ('urgency', 'How urgent'), ('closed', 'Closed'), ('reopened', 'Opened again'), ('voided', 'Taken back')], max_length=10)),
                ('words', centre.sealing.SealedField(blank=True)),
                ('happened_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('urgency', models.CharField(blank=True, choices=[('now', 'now'), ('today', 'today'), ('week', 'this week')], max_length=5)),
                ('reason', models.CharField(blank=True, choices=[('child_alone', 'Child without a parent here'), ('child_left', 'Child has gone with another person'), ('urgent_need', 'Urgent need'), ('seen', 'Seen by somebody at a desk'), ('asked', 'Asked for a private talk'), ('opened', 'Opened by who follows cases')], max_length=20)),
                ('sign', models.CharField(blank=True, choices=[('wounded', 'Wounded or very ill'), ('near_birth', 'Pregnant, and the birth is near'), ('medicine', 'Needs medicine that runs out'), ('child_unsafe', 'A child seems afraid or is with strangers'), ('old_alone', 'An older person has nobody'), ('cannot_alone', 'Cannot move or manage alone'), ('lost_relative', 'Is looking for a relative'), ('private_talk', 'Asks for a private talk')], max_length=16)),
                ('outcome', models.CharField(blank=True, choices=[('helped', 'Helped'), ('referred', 'A service has taken over'), ('reunited', 'With the family again'), ('handed_over', 'Handed to a parent or carer'), ('left', 'Left, and others follow it there'), ('declined', 'Did not want help'), ('died', 'Died'), ('mistake', 'Opened by mistake'), ('other', 'Other end')], max_length=12)),
            ],
            options={
                'ordering': ('happened_at', 'recorded_at', 'id'),
            },
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_open_once',
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_closed_by_someone',
        ),
        migrations.AddField(
            model_name='case',
            name='counted_as',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='counted_cases', to='registrations.individual'),
        ),
        migrations.AddField(
            model_name='case',
            name='counted_with',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='goes_on_for', to='casework.case'),
        ),
        migrations.AddField(
            model_name='case',
            name='due_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='first_action_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='follower',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases_followed', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='case',
            name='household',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='registrations.household'),
        ),
        migrations.AddField(
            model_name='case',
            name='kind',
            field=models.CharField(choices=[('child_protection', 'Child protection'), ('medical', 'Medical'), ('older_person', 'Older person'), ('disability', 'Disability'), ('tracing', 'Looking for relatives'), ('documents', 'Documents'), ('private_talk', 'Wants a private talk'), ('other', 'Other matter')], max_length=20, null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='outcome',
            field=models.CharField(blank=True, choices=[('helped', 'Helped'), ('referred', 'A service has taken over'), ('reunited', 'With the family again'), ('handed_over', 'Handed to a parent or carer'), ('left', 'Left, and others follow it there'), ('declined', 'Did not want help'), ('died', 'Died'), ('mistake', 'Opened by mistake'), ('other', 'Other end')], max_length=12),
        ),
        migrations.AddField(
            model_name='case',
            name='urgency',
            field=models.CharField(choices=[('now', 'now'), ('today', 'today'), ('week', 'this week')], max_length=5, null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='urgent_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='case',
            name='reason',
            field=models.CharField(choices=[('child_alone', 'Child without a parent here'), ('child_left', 'Child has gone with another person'), ('urgent_need', 'Urgent need'), ('seen', 'Seen by somebody at a desk'), ('asked', 'Asked for a private talk'), ('opened', 'Opened by who follows cases')], max_length=20),
        ),
        migrations.AddField(
            model_name='duty',
            name='act',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centre.act'),
        ),
        migrations.AddField(
            model_name='duty',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='duty',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='centre.site'),
        ),
        migrations.AddField(
            model_name='step',
            name='act',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='centre.act'),
        ),
        migrations.AddField(
            model_name='step',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='step',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='casework.case'),
        ),
        migrations.AddField(
            model_name='step',
            name='follower',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='step',
            name='fulfils',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='fulfilled_by', to='casework.step'),
        ),
        migrations.AddField(
            model_name='step',
            name='voids',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voided_by', to='casework.step'),
        ),
        migrations.AddIndex(
            model_name='duty',
            index=models.Index(fields=['site', 'until'], name='duty_at_site'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('from_at'))), name='duty_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='duty_ended_by_someone'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(fields=['case', 'happened_at'], name='step_in_order'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(condition=models.Q(('kind', 'planned')), fields=['due_at'], name='step_due'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'planned'), ('due_at__isnull', False)), models.Q(models.Q(('kind', 'planned'), _negated=True), ('due_at__isnull', True)), _connector='OR'), name='step_planned_for_a_time'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'closed'), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('kind', 'closed'), _negated=True), ('outcome', '')), _connector='OR'), name='step_closed_with_an_outcome'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'voided'), ('voids__isnull', False)), models.Q(models.Q(('kind', 'voided'), _negated=True), ('voids__isnull', True)), _connector='OR'), name='step_voids_a_step'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('fulfils__isnull', True), ('kind', 'done'), _connector='OR'), name='step_done_fulfils_what_was_planned'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['urgency', 'opened']), _negated=True), models.Q(('urgency', ''), _negated=True), _connector='OR'), name='step_says_how_urgent'),
        ),
    ]
