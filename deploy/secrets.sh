#!/bin/sh
# Make the secrets that are not there yet, in ./secrets. Run again it changes none.
# The folder is for its owner alone; a container sees only the file it is given, as a user of its own.
set -eu
cd "$(dirname "$0")/.."
mkdir -p secrets
chmod 700 secrets
for name in secret_key case_key database_password database_web_password database_superuser_password broker_password metrics_token; do
    if [ ! -s "secrets/$name" ]; then
        (umask 022 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"secrets/$name.new")
        mv "secrets/$name.new" "secrets/$name"
        echo "Made secrets/$name."
    fi
done
