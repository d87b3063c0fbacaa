import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TAKE_OVER = """
ALTER TABLE centre_backup RENAME TO upkeep_backup;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = 'upkeep_backup'::regclass AND starts_with(conname, 'centre_backup_') LOOP
        EXECUTE format('ALTER TABLE upkeep_backup RENAME CONSTRAINT %I TO %I', one.conname, replace(one.conname, 'centre_backup_', 'upkeep_backup_'));
    END LOOP;
    FOR one IN SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
               WHERE indrelid = 'upkeep_backup'::regclass AND starts_with(relname, 'centre_backup_') LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', one.relname, replace(one.relname, 'centre_backup_', 'upkeep_backup_'));
    END LOOP;
END $$;
ALTER SEQUENCE centre_backup_id_seq RENAME TO upkeep_backup_id_seq;
"""

GIVE_BACK = """
ALTER TABLE upkeep_backup RENAME TO centre_backup;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = 'centre_backup'::regclass AND starts_with(conname, 'upkeep_backup_') LOOP
        EXECUTE format('ALTER TABLE centre_backup RENAME CONSTRAINT %I TO %I', one.conname, replace(one.conname, 'upkeep_backup_', 'centre_backup_'));
    END LOOP;
    FOR one IN SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
               WHERE indrelid = 'centre_backup'::regclass AND starts_with(relname, 'upkeep_backup_') LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', one.relname, replace(one.relname, 'upkeep_backup_', 'centre_backup_'));
    END LOOP;
END $$;
ALTER SEQUENCE upkeep_backup_id_seq RENAME TO centre_backup_id_seq;
"""


class Migration(migrations.Migration):
    """Backups are upkeep's: the table and its rows come from centre."""

    initial = True

    dependencies = [("centre", "0008_backup_moves_to_upkeep")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TAKE_OVER, GIVE_BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="Backup",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("taken_at", models.DateTimeField()),
                        ("bytes", models.PositiveBigIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("people", models.PositiveBigIntegerField()),
                        (
                            "taken_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"indexes": [models.Index(fields=["-taken_at"], name="backup_taken")]},
                ),
            ],
        ),
    ]
