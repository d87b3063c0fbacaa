"""What was seen is answered once, they are there or it was not them, and is never edited."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION refuse_all_but_one_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answers CONSTANT text[] := ARRAY['confirmed_in_id', 'dismissed_in_id'];
BEGIN
    IF coalesce(OLD.confirmed_in_id, OLD.dismissed_in_id) IS NOT NULL
       OR to_jsonb(OLD) - answers IS DISTINCT FROM to_jsonb(NEW) - answers THEN
        RAISE EXCEPTION 'a sighting is answered once and never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sighting_is_answered_once BEFORE UPDATE ON registrations_sighting
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_one_answer();
CREATE TRIGGER sighting_is_kept BEFORE DELETE ON registrations_sighting
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

BACK = """
DROP TRIGGER sighting_is_kept ON registrations_sighting;
DROP TRIGGER sighting_is_answered_once ON registrations_sighting;
DROP FUNCTION refuse_all_but_one_answer;
"""


class Migration(migrations.Migration):
    dependencies = [("centre", "0017_second_factor"), ("registrations", "0018_corrections_are_kept")]

    operations = [
        migrations.AddField(
            model_name="sighting",
            name="dismissed_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="centre.act",
            ),
        ),
        migrations.RemoveConstraint(model_name="sighting", name="seen_once"),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_in__isnull", True), ("dismissed_in__isnull", True)),
                fields=("household", "site"),
                name="seen_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_in__isnull", True), ("dismissed_in__isnull", True), _connector="OR"),
                name="sighting_answered_one_way",
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
