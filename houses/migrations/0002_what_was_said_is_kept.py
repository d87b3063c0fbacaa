"""What was said and counted is never edited; what was written of a house is taken back once, and a task settled once."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER headcount_is_append_only BEFORE UPDATE OR DELETE ON houses_reportedheadcount
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER call_is_append_only BEFORE UPDATE OR DELETE ON houses_call
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE houses_reportedheadcount ADD CONSTRAINT headcount_voids_one_of_its_house
    FOREIGN KEY (voids_id, site_id) REFERENCES houses_reportedheadcount (id, site_id);

CREATE TRIGGER contract_is_never_edited
    BEFORE UPDATE OF id, site_id, contact, phone, days, places, rate, act_id ON houses_contract
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contract_is_voided_once BEFORE UPDATE ON houses_contract
    FOR EACH ROW WHEN (OLD.voided_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contract_is_kept BEFORE DELETE ON houses_contract
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER invoice_is_never_edited
    BEFORE UPDATE OF id, site_id, month, number, nights, amount, act_id ON houses_invoice
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoice_is_voided_once BEFORE UPDATE ON houses_invoice
    FOR EACH ROW WHEN (OLD.voided_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoice_is_kept BEFORE DELETE ON houses_invoice
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER difference_is_never_edited BEFORE UPDATE OF id, headcount_id, counted ON houses_difference
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER difference_is_settled_once BEFORE UPDATE ON houses_difference
    FOR EACH ROW WHEN (OLD.settled_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER difference_is_kept BEFORE DELETE ON houses_difference
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

BACK = """
DROP TRIGGER difference_is_kept ON houses_difference;
DROP TRIGGER difference_is_settled_once ON houses_difference;
DROP TRIGGER difference_is_never_edited ON houses_difference;
DROP TRIGGER invoice_is_kept ON houses_invoice;
DROP TRIGGER invoice_is_voided_once ON houses_invoice;
DROP TRIGGER invoice_is_never_edited ON houses_invoice;
DROP TRIGGER contract_is_kept ON houses_contract;
DROP TRIGGER contract_is_voided_once ON houses_contract;
DROP TRIGGER contract_is_never_edited ON houses_contract;
ALTER TABLE houses_reportedheadcount DROP CONSTRAINT headcount_voids_one_of_its_house;
DROP TRIGGER call_is_append_only ON houses_call;
DROP TRIGGER headcount_is_append_only ON houses_reportedheadcount;
"""


class Migration(migrations.Migration):
    dependencies = [("houses", "0001_what_is_said_of_houses"), ("centre", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
