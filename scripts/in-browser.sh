#!/bin/sh
# Runs a script of tests/browser (`test` or `pictures`) with the program as it is now, in a real browser.
# Installs Node and Chromium where they lack and apt-get is there.
set -eu
cd "$(dirname "$0")/.."
. scripts/installing.sh

oldest_node=18

has_node() {
    command -v npm >/dev/null || return 1
    major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
    [ -n "$major" ] && [ "$major" -ge "$oldest_node" ]
}

# Prints the first browser that will do.
find_chromium() {
    for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
        command -v "$name" && return 0
    done
    return 1
}

has_chromium() {
    find_chromium >/dev/null
}

# ensure <check> <package>...: what lacks is installed, and looked for once more.
ensure() {
    check=$1
    shift
    "$check" && return
    echo "$* is missing; installing with apt" >&2
    for package in "$@"; do
        apt_install "$package" >&2 || break
    done
    "$check" && return
    echo "$* is missing: install it and try again (Node $oldest_node or later with npm; a browser can be" \
        "named by CHROMIUM)" >&2
    exit 1
}

ensure has_node nodejs npm
ensure has_chromium chromium
cargo build --quiet --locked --package api
PROGRAM=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/sprechstunde
CHROMIUM=$(find_chromium)
export PROGRAM CHROMIUM
cd tests/browser
npm ci --no-audit --no-fund --ignore-scripts
npm run "$1"
