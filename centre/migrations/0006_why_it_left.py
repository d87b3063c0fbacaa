"""Why a file left; lines of before have no reason, and none is invented for them: the constraint holds for new ones."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('centre', '0005_complaints_to'),
    ]

    operations = [
        migrations.AddField(
            model_name='logline',
            name='why',
            field=models.CharField(blank=True, max_length=200),
        ),
        AddConstraintNotValid(
            model_name='logline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verb', 'exported'), _negated=True), ('why__regex', '\\S.*\\S.*\\S'), _connector='OR'), name='exported_with_a_reason'),
        ),
    ]
