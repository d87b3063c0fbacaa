"""A gate count is taken back for a reason, which stays with it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0022_who_never_was_is_found'),
    ]

    operations = [
        migrations.AddField(
            model_name='gatecount',
            name='reason',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddConstraint(
            model_name='gatecount',
            constraint=models.CheckConstraint(condition=models.Q(('voids__isnull', False), ('reason', ''), _connector='OR'), name='only_a_count_taken_back_has_a_reason'),
        ),
    ]
