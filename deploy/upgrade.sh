#!/bin/sh
# Bring the release that is checked out, or what was changed in .env or secrets/, to people at work: no request is
# refused. `sh deploy/upgrade.sh back` brings the images of before. Which they are stands in .env, so that every later
# command and the nightly backup run the same.
#
# Where the old web can live with the migrations (`manage.py beside` knows), it serves on until new containers answer
# beside it. Where it cannot, or engines or secrets are other ones, it finishes what it was asked and stops, the proxy
# holds what comes (up to 80 s), and the new web answers it. Until the new web has answered out of people's sight, any
# failure puts back what was there.
set -eu
cd "$(dirname "$0")/.."
told() { sed -n "s/^$1=//p" .env; }
tell() {
    sed -i "/^$1=/d" .env
    [ -z "$2" ] || echo "$1=$2" >>.env
}
sql() { docker compose run --rm --no-deps -T roles psql --username=postgres --no-psqlrc --quiet --command="$1"; }
answers() { # a web container, what it is asked, how often at most (60 times, a second between): whether it answers
    for _ in $(seq "${3:-60}"); do
        docker exec "$1" python deploy/ask.py "http://127.0.0.1:8000/$2" >/dev/null 2>&1 && return
        [ "$(docker inspect --format '{{.State.Running}}' "$1")" = true ] || break
        sleep 1
    done
    docker exec "$1" python deploy/ask.py "http://127.0.0.1:8000/$2" || true
    docker logs --tail 20 "$1" 2>&1
    return 1
}
engines() { # database and broker are there, and open to the passwords in secrets/
    docker compose up -d --no-build database broker
    for _ in $(seq 120); do # sooner than their health is looked at
        docker compose exec -T database pg_isready --quiet --host=127.0.0.1 --username=postgres && break
        sleep 1
    done
    docker compose run --rm --no-deps -T roles
    docker compose exec -T broker sh -c 'REDISCLI_AUTH="$(cat)" valkey-cli ping' <secrets/broker_password | grep -q PONG ||
        docker compose restart broker # it takes the password that is there when it starts
}
lives_beside() { # whether the release that runs can live with what the new one does to the database
    [ -z "$back" ] || return 0
    code=0
    docker compose run --rm --no-deps -T migrate python manage.py beside || code=$?
    case $code in
    0) return 0 ;;
    3) return 1 ;;
    *) exit "$code" ;;
    esac
}
tried() { # what it is asked, how often: whether a new web answers where nobody else can reach it
    docker rm --force reception-tried >/dev/null 2>&1 || true
    docker compose run --detach --no-deps --name reception-tried web >/dev/null
    right=0
    answers reception-tried "$@" || right=1
    docker rm --force reception-tried >/dev/null
    return $right
}
show() { # as `next` or `old`, web containers that answer
    name=$1 && shift
    for container in "$@"; do docker network connect --alias "$name" reception_next "$container"; done
}
hide() {
    for container in "$@"; do docker network disconnect reception_next "$container" 2>/dev/null || true; done
}
lead_to() { # `next` or `old`: from now on the proxy asks who is shown as that, and nobody else, and waits for the next
    docker compose exec -T proxy touch "/tmp/$1"
    since=$(date +%s)
}
release() {
    docker compose exec -T proxy rm -f /tmp/next /tmp/old
    [ -z "$held" ] || echo "What came was held for at most $(($(date +%s) - since)) s."
}
put_back() { # what the trap does between the hold and the new web's answer
    trap - EXIT
    set +e
    echo "It failed; putting back what was there." >&2
    if [ -n "$copied" ]; then
        sql "DROP DATABASE IF EXISTS reception WITH (FORCE)" &&
            sql "ALTER DATABASE reception_before RENAME TO reception" &&
            docker compose run --rm --no-deps -T roles ||
            { echo "The database of before is still there as reception_before: rename it to reception." >&2 && exit 1; }
    fi
    docker start $old $others >/dev/null
    for container in $old; do answers "$container" healthz; done
    show next $old
    release
    echo "People go on working with $now; above is what failed. Nothing that they did is lost." >&2
    exit 1
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

old=$(docker compose ps --quiet web)
others=$(docker compose ps --quiet worker beat)
back=${1:-}
served=$old # whether anybody is at work
since=$(date +%s)
held= no_way_back= copied=
if [ -n "$old" ]; then
    # Engines that are other ones now; secrets that the old web does not know: it would sign people out, or find no engine
    docker compose --dry-run up -d database broker 2>&1 | grep -q Recreate && held=yes
    began=$(docker inspect --format '{{.State.StartedAt}}' $old | sort | head -1)
    [ -z "$(find secrets -type f -newermt "$began")" ] || held=yes
    if [ -z "$held" ]; then
        engines
        lives_beside || held=yes
    fi
fi

if [ -n "$held" ]; then
    tried healthz || { echo "The new web does not start. People go on working with $now." >&2 && exit 1; }
    docker compose up -d --no-deps --no-build --wait proxy # the old one may not know how to hold
    trap 'exit 1' HUP INT TERM
    trap put_back EXIT
    [ -z "$others" ] || docker stop $others >/dev/null
    hide $old
    lead_to next
    docker stop $old >/dev/null
    engines
    if ! lives_beside; then
        no_way_back=yes
        sql "DROP DATABASE IF EXISTS reception_before WITH (FORCE)"
        sql "CREATE DATABASE reception_before TEMPLATE reception OWNER reception_owner STRATEGY file_copy"
        copied=yes
    fi
elif [ -z "$old" ]; then
    engines
fi
[ "$back" ] || docker compose run --rm --no-deps -T migrate
if [ -n "$held" ]; then
    tried readyz 20 # people wait
    trap - EXIT HUP INT TERM
    docker rm $old >/dev/null
    old=
elif [ -n "$served" ]; then
    docker compose up -d --no-deps --no-build --wait proxy
    hide $old
    show old $old
    trap 'exit 1' HUP INT TERM
    trap release EXIT
    lead_to old # who starts has the web's name before it listens
fi

replicas=$(told WEB_REPLICAS)
replicas=${replicas:-1}
docker compose up -d --no-deps --no-recreate --scale "web=$((replicas + $(echo "$old" | wc -w)))" web
added=$(docker compose ps --all --quiet web | grep -vxF "${old:-none}" || true)
for container in $added; do
    answers "$container" readyz && continue
    if [ -n "$held" ]; then
        release
        echo "The new web answered when it was tried and does not now; above is what it says." >&2
        [ -z "$copied" ] || echo "The database of before the migration is kept as reception_before." >&2
    else
        docker rm --force $added >/dev/null
        echo "The new web does not become healthy; above is what it says. People go on working with $now." >&2
    fi
    exit 1
done
if [ -n "$served" ]; then
    show next $added
    if [ -n "$old" ]; then
        lead_to next
        docker stop $old >/dev/null
        docker rm $old >/dev/null
    fi
    trap - EXIT HUP INT TERM
    release
fi
[ "$new" = "$now" ] || { tell RECEPTION_BEFORE "$now" && tell RECEPTION_VERSION "$new"; }
[ -z "$no_way_back" ] || tell RECEPTION_BEFORE ""
docker compose up -d --no-deps --no-build --force-recreate worker beat # a secret that is another is no change to compose
docker compose up -d --no-deps --no-build --wait worker beat proxy
[ -z "$copied" ] || sql "DROP DATABASE reception_before WITH (FORCE)"
before=$(told RECEPTION_BEFORE)
if [ -n "$before" ]; then
    echo "Reception runs $new; 'sh deploy/upgrade.sh back' brings $before."
else
    echo "Reception runs $new; the way back is the backup."
fi
