"""Triggers that keep the past: what may never change, and what may change in one column only."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- Lets one column be rewritten, named as the trigger's argument; everything else of the row stays.
CREATE FUNCTION refuse_change_but_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - TG_ARGV[0] IS DISTINCT FROM to_jsonb(NEW) - TG_ARGV[0] THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER log_is_insert_only BEFORE UPDATE OR DELETE ON centre_logline
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- An act gets its answer once, in the transaction that wrote it.
CREATE FUNCTION refuse_second_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answer IS NOT NULL OR to_jsonb(OLD) - 'answer' IS DISTINCT FROM to_jsonb(NEW) - 'answer' THEN
        RAISE EXCEPTION 'an act is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER act_is_answered_once BEFORE UPDATE ON centre_act
    FOR EACH ROW EXECUTE FUNCTION refuse_second_answer();
CREATE TRIGGER act_is_kept BEFORE DELETE ON centre_act
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

DROP = """
DROP FUNCTION refuse_change CASCADE;
DROP FUNCTION refuse_change_but_of CASCADE;
DROP FUNCTION refuse_second_answer CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("centre", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS, DROP)]
