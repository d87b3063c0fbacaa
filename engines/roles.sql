-- The users of the database, set by its superuser at each start: `reception_owner` owns the tables and migrates,
-- `reception_web` serves. What it may do with each table is granted after each migration (upkeep/rights.py).
-- The settings reception.owner_password and reception.web_password say how they sign in from now on.
DO $$
DECLARE
    names text[] := ARRAY(SELECT rolname FROM pg_roles);
BEGIN
    IF 'reception' = ANY (names) AND 'reception_owner' <> ALL (names) THEN
        -- The one user of earlier releases is the owner now. Its old name still opens, for those at work meanwhile
        ALTER ROLE reception RENAME TO reception_owner;
        CREATE ROLE reception IN ROLE reception_owner;
    ELSIF 'reception_owner' <> ALL (names) THEN
        CREATE ROLE reception_owner;
    END IF;
    IF 'reception_web' <> ALL (names) THEN
        CREATE ROLE reception_web ROLE reception_owner;  -- who may so end its sessions
    END IF;
    EXECUTE format('ALTER ROLE reception_owner LOGIN CREATEDB PASSWORD %L', current_setting('reception.owner_password'));
    EXECUTE format('ALTER ROLE reception_web LOGIN PASSWORD %L', current_setting('reception.web_password'));
    IF 'reception' = ANY (names) THEN
        EXECUTE format('ALTER ROLE reception LOGIN PASSWORD %L', current_setting('reception.owner_password'));
    END IF;
END $$;
