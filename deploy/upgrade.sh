#!/bin/sh
# Bring the release that is checked out, or what was changed in .env, to people at work: while the old web still runs on
# what was migrated, and proxy and database stay as they are, no request is refused.
# `sh deploy/upgrade.sh back` brings the images of before. Which they are stands in .env, so that every later command
# and the nightly backup run the same. Migrates first; then new web containers answer beside the old ones, which go.
set -eu
cd "$(dirname "$0")/.."
told() { sed -n "s/^$1=//p" .env; }
tell() {
    sed -i "/^$1=/d" .env
    echo "$1=$2" >>.env
}
now=$(told RECEPTION_VERSION)
now=${now:-latest}
if [ "${1:-}" = back ]; then
    new=$(told RECEPTION_BEFORE)
    [ -n "$new" ] || { echo "There is nothing to go back to: .env names no RECEPTION_BEFORE." >&2 && exit 1; }
    export RECEPTION_VERSION="$new"
else
    new=$(git describe --tags --always)
    export RECEPTION_VERSION="$new"
    sh deploy/secrets.sh
    docker compose build
fi
mkdir -p logs && docker compose logs --no-color >"logs/$(date -u +%Y%m%dT%H%M%SZ)-$now.log" # they go with their containers

docker compose up -d --wait database broker
docker compose run --rm --no-deps roles
[ "${1:-}" = back ] || docker compose run --rm --no-deps migrate

replicas=$(told WEB_REPLICAS)
replicas=${replicas:-1}
old=$(docker compose ps --quiet web)
all=$((replicas + $(echo "$old" | wc -w)))
if ! docker compose up -d --no-deps --no-recreate --wait --scale "web=$all" web; then
    added=$(docker compose ps --all --quiet web | grep -vxF "${old:-none}" || true)
    for container in $added; do
        docker logs --tail 20 "$container" 2>&1
        docker rm --force "$container" >/dev/null
    done
    echo "The new web does not become healthy; above is what it says. People go on working with $now." >&2
    exit 1
fi
[ "$new" = "$now" ] || { tell RECEPTION_BEFORE "$now" && tell RECEPTION_VERSION "$new"; }
sleep 3 # until the proxy has asked again where web is
for container in $old; do
    docker stop "$container" >/dev/null && docker rm "$container" >/dev/null
done
docker compose up -d --no-deps --no-build --force-recreate worker beat # a secret that is another is no change to compose
docker compose up -d --no-deps --no-build --wait worker beat proxy
echo "Reception runs $new; 'sh deploy/upgrade.sh back' brings $(told RECEPTION_BEFORE)."
