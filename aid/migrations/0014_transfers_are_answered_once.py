"""What was sent is answered once, with the same goods at its own two stores, and not taken back under an answer."""

from django.db import migrations

ANSWERS = """
CREATE FUNCTION refuse_unlike_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent aid_stockmovement;
    came integer;
    others bigint;
BEGIN
    SELECT * INTO sent FROM aid_stockmovement WHERE id = NEW.answers_id FOR NO KEY UPDATE;
    SELECT max(quantity) FILTER (WHERE kind = 'came'), count(*) FILTER (WHERE (kind = 'came') = (NEW.kind = 'came'))
        INTO came, others
        FROM aid_stockmovement answer WHERE answers_id = sent.id
            AND NOT EXISTS (SELECT FROM aid_stockmovement back WHERE back.voids_id = answer.id);
    IF others > 0 OR sent.bound_for_id IS NULL OR sent.item_id <> NEW.item_id
        OR EXISTS (SELECT FROM aid_stockmovement back WHERE back.voids_id = sent.id)
        OR NEW.to_site_id IS DISTINCT FROM (CASE
            WHEN NEW.kind IN ('came', 'found') THEN sent.bound_for_id WHEN NEW.kind = 'never_sent' THEN sent.from_site_id
        END)
        OR NEW.from_site_id IS DISTINCT FROM (CASE WHEN NEW.kind = 'sent_more' THEN sent.from_site_id END)
        OR NEW.kind <> 'came' AND NEW.quantity IS DISTINCT FROM
            (CASE WHEN NEW.kind IN ('sent_more', 'found_more') THEN came - sent.quantity ELSE sent.quantity - came END)
    THEN
        RAISE EXCEPTION 'what was sent is never changed: it is answered once, and as it was sent'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER stock_is_answered_as_sent BEFORE INSERT ON aid_stockmovement
    FOR EACH ROW WHEN (NEW.answers_id IS NOT NULL) EXECUTE FUNCTION refuse_unlike_answer();
"""

NO_ANSWERS = """
DROP TRIGGER stock_is_answered_as_sent ON aid_stockmovement;
DROP FUNCTION refuse_unlike_answer;
"""

MIRRORS = """
CREATE OR REPLACE FUNCTION refuse_unlike_mirror() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM aid_stockmovement voided
        WHERE voided.id = NEW.voids_id AND {kinds}
            AND (voided.item_id, voided.quantity, voided.happened_at) = (NEW.item_id, NEW.quantity, NEW.happened_at)
            AND voided.from_site_id IS NOT DISTINCT FROM NEW.to_site_id
            AND voided.to_site_id IS NOT DISTINCT FROM NEW.from_site_id
    ){rests} THEN
        RAISE EXCEPTION 'what was moved is never changed: what takes it back is its mirror'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;
"""

OF_ALL = {
    "kinds": "voided.kind NOT IN ('handed_out', 'reversed', 'voided')",
    "rests": """ OR EXISTS (
        SELECT FROM aid_stockmovement voided JOIN aid_stockmovement answer
            ON answer.answers_id = voided.id
            OR voided.kind = 'came' AND answer.answers_id = voided.answers_id AND answer.id <> voided.id
        WHERE voided.id = NEW.voids_id
            AND NOT EXISTS (SELECT FROM aid_stockmovement back WHERE back.voids_id = answer.id)
    )""",
}
OF_BEFORE = {"kinds": "voided.kind IN ('received', 'sent', 'lost')", "rests": ""}


class Migration(migrations.Migration):
    dependencies = [("aid", "0013_stock_on_the_way")]

    operations = [
        migrations.RunSQL(ANSWERS, NO_ANSWERS),
        migrations.RunSQL(MIRRORS.format(**OF_ALL), MIRRORS.format(**OF_BEFORE)),
    ]
