"""Their names in Armenian and Russian came here; 0010 writes them all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registrations", "0004_absence")]

    operations = []
