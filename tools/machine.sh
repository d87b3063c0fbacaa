#!/usr/bin/env bash
# What the tests need of the machine, beside Python's packages: installed by root, named to everyone else.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=()
need() { # need <Debian packages> -- <command that succeeds when they are there>
    local packages=()
    while [ "$1" != -- ]; do packages+=("$1"); shift; done
    shift
    "$@" >/dev/null 2>&1 || wanted+=("${packages[@]}")
}
# The pictures are taken with a whole browser; the tests take half the time in one without windows, and any will do.
has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_quick_browser() { command -v chromium-headless-shell || { [ "$(id -u)" -ne 0 ] && has_browser; }; }
has_armenian() { [ -n "$(fc-list :lang=hy)" ]; }
has_python() {
    local python
    [ -x .venv/bin/python ] && return
    for python in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
        "$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' && return
    done
    return 1
}
need chromium -- has_browser
need chromium-headless-shell -- has_quick_browser
need fontconfig fonts-dejavu-core fonts-noto-core -- has_armenian
need libreoffice-calc -- command -v soffice # opens the files as their readers do
need caddy -- command -v caddy # the TLS proxy of the compose file
need make -- command -v make
need python3 python3-venv -- has_python

[ "${#wanted[@]}" -gt 0 ] || exit 0
echo "The tests need what this machine lacks: ${wanted[*]}." >&2
if ! command -v apt-get >/dev/null; then
    echo "These are names of Debian packages; install what your system calls them." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Only root can install that; run once: sudo tools/machine.sh" >&2
    exit 1
fi
echo "Installing it with apt-get; this takes a few minutes once." >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${wanted[@]}"
