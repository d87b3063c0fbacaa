"""Open searches are found by the keys of names: the planner takes the overlap of two long arrays for a comparison."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

SEARCHES_WITH_KEY = """
CREATE FUNCTION casework_searches_with_keys(given integer[], family integer[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SET enable_seqscan = off
AS $$
    SELECT id FROM casework_tracingrequest WHERE closed_at IS NULL AND keys && given AND keys && family
  UNION
    SELECT id FROM casework_tracingrequest
    WHERE closed_at IS NULL AND keys && (given || family) AND (given_name = '' OR family_name = '')
$$
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0012_letters")]

    operations = [
        migrations.RemoveIndex("tracingrequest", "sought_by_key"),
        migrations.AddIndex(
            "tracingrequest",
            GinIndex(
                fields=["keys"], name="sought_by_key", fastupdate=False, condition=models.Q(closed_at__isnull=True)
            ),
        ),
        migrations.RunSQL(SEARCHES_WITH_KEY, "DROP FUNCTION casework_searches_with_keys(integer[], integer[])"),
    ]
