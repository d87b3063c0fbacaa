"""Every case says what it is; what was written in the open is gone: 0004 sealed it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0004_first_steps'),
        ('centre', '0018_written_by'),
        ('registrations', '0020_needs_end_in_an_act'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='case',
            options={'ordering': ('urgency', 'opened_at')},
        ),
        migrations.RemoveField(
            model_name='case',
            name='note',
        ),
        migrations.RemoveField(
            model_name='case',
            name='urgent',
        ),
        migrations.AlterField(
            model_name='case',
            name='counted_as',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='counted_cases', to='registrations.individual'),
        ),
        migrations.AlterField(
            model_name='case',
            name='kind',
            field=models.CharField(choices=[('child_protection', 'Child protection'), ('medical', 'Medical'), ('older_person', 'Older person'), ('disability', 'Disability'), ('tracing', 'Looking for relatives'), ('documents', 'Documents'), ('private_talk', 'Wants a private talk'), ('other', 'Other matter')], max_length=20),
        ),
        migrations.AlterField(
            model_name='case',
            name='urgency',
            field=models.CharField(choices=[('now', 'now'), ('today', 'today'), ('week', 'this week')], max_length=5),
        ),
        migrations.AlterField(
            model_name='case',
            name='urgent_since',
            field=models.DateTimeField(),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', True), ('counted_with__isnull', True)), fields=['urgency', 'opened_at'], name='case_in_order'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['counted_as'], name='case_of_person'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('counted_with__isnull', True)), fields=('counted_as', 'kind'), name='case_open_once'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='case_closed_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='case_closed_with_an_outcome'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('counted_with', models.F('id')), _negated=True), name='case_goes_on_in_another'),
        ),
    ]
