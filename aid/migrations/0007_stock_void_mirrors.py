"""What takes a movement of stock back is its mirror: the same goods the other way, and a handout's never."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_unlike_mirror() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM aid_stockmovement voided
        WHERE voided.id = NEW.voids_id AND voided.kind IN ('received', 'sent', 'lost')
            AND (voided.item_id, voided.quantity, voided.happened_at) = (NEW.item_id, NEW.quantity, NEW.happened_at)
            AND voided.from_site_id IS NOT DISTINCT FROM NEW.to_site_id
            AND voided.to_site_id IS NOT DISTINCT FROM NEW.from_site_id
    ) THEN
        RAISE EXCEPTION 'what was moved is never changed: what takes it back is its mirror'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER stock_void_mirrors BEFORE INSERT ON aid_stockmovement
    FOR EACH ROW WHEN (NEW.voids_id IS NOT NULL) EXECUTE FUNCTION refuse_unlike_mirror();
"""

BACK = """
DROP TRIGGER stock_void_mirrors ON aid_stockmovement;
DROP FUNCTION refuse_unlike_mirror;
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0006_stock_taken_back")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
