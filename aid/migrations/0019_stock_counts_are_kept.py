"""What was counted is never edited and is closed once; what corrects the stock is of its item, store and hour."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER stock_count_is_never_edited
    BEFORE UPDATE OF id, site_id, item_id, quantity, happened_at, act_id, counted_by_id ON aid_stockcount
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_count_is_closed_once BEFORE UPDATE ON aid_stockcount
    FOR EACH ROW WHEN (OLD.confirmed_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_count_is_kept BEFORE DELETE ON aid_stockcount
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_unlike_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM aid_stockcount counted
        WHERE counted.id = NEW.count_id AND counted.confirmed_at IS NOT NULL
            AND (counted.item_id, counted.happened_at) = (NEW.item_id, NEW.happened_at)
            AND counted.site_id = coalesce(NEW.to_site_id, NEW.from_site_id)
    ) THEN
        RAISE EXCEPTION 'stock is never changed by a count, but as it was counted and confirmed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER stock_is_corrected_as_counted BEFORE INSERT ON aid_stockmovement
    FOR EACH ROW WHEN (NEW.count_id IS NOT NULL) EXECUTE FUNCTION refuse_unlike_count();
"""

BACK = """
DROP TRIGGER stock_is_corrected_as_counted ON aid_stockmovement;
DROP FUNCTION refuse_unlike_count;
DROP TRIGGER stock_count_is_kept ON aid_stockcount;
DROP TRIGGER stock_count_is_closed_once ON aid_stockcount;
DROP TRIGGER stock_count_is_never_edited ON aid_stockcount;
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0018_stock_count")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
