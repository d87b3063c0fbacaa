"""The specific-needs codes came here; 0010 writes them as they are said since."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registrations", "0002_append_only")]

    operations = []
