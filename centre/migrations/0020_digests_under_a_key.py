"""What was said in an act can no longer be tried out on its digests: they stand under a key of the server.

An act sent again is answered as it was. The rows are changed in batches, beside a release that still runs.
"""

from django.conf import settings
from django.db import migrations, models, transaction
from django.utils.crypto import salted_hmac

BATCH = 5_000
NOBODY = "00000000-0000-0000-0000-000000000000"

LET_THROUGH = """
CREATE OR REPLACE FUNCTION refuse_second_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('reception.keys_digests', true) = 'yes'
       AND to_jsonb(OLD) - 'digest' - 'sent_digest' = to_jsonb(NEW) - 'digest' - 'sent_digest' THEN
        RETURN NEW;
    END IF;
    IF OLD.answer IS NOT NULL OR to_jsonb(OLD) - 'answer' IS DISTINCT FROM to_jsonb(NEW) - 'answer' THEN
        RAISE EXCEPTION 'an act is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION refuse_second_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answer IS NOT NULL OR to_jsonb(OLD) - 'answer' IS DISTINCT FROM to_jsonb(NEW) - 'answer' THEN
        RAISE EXCEPTION 'an act is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
READ = """
SELECT id, digest, sent_digest FROM centre_act WHERE id > %s ORDER BY id LIMIT %s FOR NO KEY UPDATE
"""
WRITE = """
UPDATE centre_act AS act SET digest = keyed.digest, sent_digest = keyed.sent_digest
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS keyed (id, digest, sent_digest) WHERE act.id = keyed.id
"""

GONE_FROM_THE_DISK = ["SET transaction_timeout = 0", "VACUUM FULL centre_act", "RESET transaction_timeout"]


def put_under_key(_apps, editor):
    """Every digest that stands bare, each batch in a transaction of its own; what is done is left."""
    last = NOBODY
    while last:
        with transaction.atomic(using=editor.connection.alias), editor.connection.cursor() as cursor:
            cursor.execute("SET LOCAL reception.keys_digests = 'yes'")
            cursor.execute(READ, [last, BATCH])
            rows = cursor.fetchall()
            last = rows[-1][0] if rows else None
            keyed = [(key, _keyed(digest), _keyed(sent)) for key, digest, sent in rows if not digest.startswith("2:")]
            if keyed:
                cursor.execute(WRITE, list(map(list, zip(*keyed, strict=True))))


def _keyed(digest):
    """As `centre.keyed` keeps it; nothing stays nothing."""
    if not digest or digest.startswith("2:"):
        return digest
    bare = digest.removeprefix("1:")
    return "2:" + salted_hmac("centre.keyed", bare, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL rewrites a table outside of transactions

    dependencies = [("centre", "0019_outside_services")]

    operations = [
        migrations.AlterField("act", "digest", models.CharField(max_length=66)),
        migrations.RunSQL(LET_THROUGH, migrations.RunSQL.noop),
        migrations.RunPython(put_under_key, migrations.RunPython.noop),
        migrations.RunSQL(AS_BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL(GONE_FROM_THE_DISK, migrations.RunSQL.noop),
    ]
