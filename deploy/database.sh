#!/bin/sh
# Run once, by the database's first start: the app's own user, who owns its database and is no superuser.
set -eu
psql --set=ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat /run/secrets/database_password`
CREATE ROLE reception LOGIN CREATEDB PASSWORD :'password';
CREATE DATABASE reception OWNER reception;
SQL
