"""The names of the people were written here; 0012 writes them all with the keys of today's search."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registrations", "0007_names_by_key")]

    operations = []
