"""Who never was is found by an index: there are few, and many ask."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('centre', '0019_outside_services'),
        ('registrations', '0021_deaths_are_told'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='individual',
            index=models.Index(condition=models.Q(('never_was', True)), fields=['id'], name='individual_never_was'),
        ),
    ]
