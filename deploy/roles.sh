#!/bin/sh
# At each start, before migrate: the database and its users are there, and sign in with what is in secrets/ now.
# It comes as the database's superuser over the socket, so that a password that was lost or changed is set anew.
set -eu
for name in database_password database_web_password; do
    if [ ! -r "/run/secrets/$name" ] || [ ! -s "/run/secrets/$name" ]; then
        echo "secrets/$name is empty, or its container (user $(id -u)) may not read it: chmod 644 secrets/$name" >&2
        exit 1
    fi
done
SUPERUSER_PASSWORD=$(cat /run/secrets/database_superuser_password)
OWNER_PASSWORD=$(cat /run/secrets/database_password)
WEB_PASSWORD=$(cat /run/secrets/database_web_password)
export SUPERUSER_PASSWORD OWNER_PASSWORD WEB_PASSWORD
psql --set=ON_ERROR_STOP=1 --no-psqlrc --quiet --output=/dev/null --username=postgres --dbname=postgres <<'SQL'
\getenv superuser SUPERUSER_PASSWORD
\getenv owner OWNER_PASSWORD
\getenv web WEB_PASSWORD
SELECT set_config('reception.owner_password', :'owner', false), set_config('reception.web_password', :'web', false);
ALTER ROLE postgres PASSWORD :'superuser';
\i /roles.sql
SELECT 'CREATE DATABASE reception OWNER reception_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'reception')
\gexec
SQL
