"""A round and what is given in it wait for each other: nothing is given in one that is withdrawn, nor the reverse.

What happened anyway is recorded in a withdrawn round too, flagged.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_in_withdrawn_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM aid_distribution WHERE id = NEW.distribution_id AND withdrawn_at IS NULL FOR SHARE;
    IF NOT FOUND AND NEW.happened_anyway_at IS NULL THEN
        RAISE EXCEPTION 'a round that was withdrawn is never changed into one that gave something'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'handout_of_a_standing_round';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER handout_of_a_standing_round BEFORE INSERT ON aid_handout
    FOR EACH ROW EXECUTE FUNCTION refuse_in_withdrawn_round();

CREATE FUNCTION refuse_to_withdraw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL
        OR EXISTS (SELECT FROM aid_handout WHERE distribution_id = NEW.id AND reversed_at IS NULL)
    THEN
        RAISE EXCEPTION 'a round that gave something is never changed into one that was withdrawn, nor the reverse'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'withdrawn_round_gave_nothing';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER withdrawn_round_gave_nothing BEFORE UPDATE OF withdrawn_at ON aid_distribution
    FOR EACH ROW WHEN (OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at) EXECUTE FUNCTION refuse_to_withdraw();
"""

BACK = """
DROP TRIGGER handout_of_a_standing_round ON aid_handout;
DROP FUNCTION refuse_in_withdrawn_round;
DROP TRIGGER withdrawn_round_gave_nothing ON aid_distribution;
DROP FUNCTION refuse_to_withdraw;
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0015_distribution_withdrawn")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
