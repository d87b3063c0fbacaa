"""An act keeps a digest of what was sent; those of before have none, and are known by their facts as they were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0015_tokens_name_their_doors")]

    operations = [
        migrations.AddField(
            model_name="act",
            name="sent_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=66),
        ),
    ]
