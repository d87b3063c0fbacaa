"""A role that opens files counts when a second administrator has agreed, or after an hour of which all were told."""

import datetime
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('centre', '0013_lines_about_accounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='agreed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='assignment',
            name='agreed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assignment',
            name='given_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(  # for what is given from now on: when the others were given, nobody kept
            model_name='assignment',
            name='given_at',
            field=models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), null=True),
        ),
        migrations.AddField(
            model_name='assignment',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='assignment',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='starts_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='logline',
            name='verb',
            field=models.CharField(choices=[('opened', 'opened'), ('searched', 'searched'), ('exported', 'exported'), ('printed', 'printed'), ('matched', 'matched'), ('refused', 'was refused'), ('signed_in', 'signed in'), ('sign_in_failed', 'failed to sign in'), ('password_changed', 'changed a password'), ('role_given', 'gave a role'), ('role_agreed', 'agreed to a role'), ('role_withdrawn', 'withdrew a role'), ('role_ended', 'ended a role'), ('sign_in_blocked', 'blocked sign-in'), ('sign_in_allowed', 'allowed sign-in')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['volunteer', 'coordinator', 'protection', 'administrator']), _negated=True), ('given_by__isnull', True), ('starts_at__isnull', True), models.Q(('agreed_at__isnull', False), ('starts_at__gte', models.F('agreed_at'))), ('starts_at__gte', django.db.models.expressions.CombinedExpression(models.F('given_at'), '+', models.Value(datetime.timedelta(seconds=3600)))), _connector='OR'), name='role_counts_when_agreed_or_told'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', True), ('agreed_by__isnull', True)), models.Q(('agreed_at__isnull', False), ('agreed_by__isnull', False)), _connector='OR'), name='role_agreed_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_by__isnull', True), models.Q(models.Q(('agreed_by', models.F('given_by')), _negated=True), models.Q(('agreed_by', models.F('user')), _negated=True), ('given_by__isnull', False)), _connector='OR'), name='role_agreed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('starts_at__isnull', True), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='role_withdrawn_by_someone_never_starts'),
        ),
    ]
