#!/bin/sh
# Counts the instructions of a slot search and compares them with domain/instructions.txt: they are
# the same on a busy machine and on an idle one, where time is not. `--update` writes the file anew.
#
# Fails when a search takes more than 5 % more, and says so when it takes more than 5 % less. The
# number belongs to the release build; another version of the compiler may move it a little.
set -eu
cd "$(dirname "$0")/.."
. scripts/installing.sh

committed=domain/instructions.txt
tolerated=5

ensure_valgrind() {
    command -v valgrind >/dev/null && return
    echo "no valgrind found; installing with apt" >&2
    if apt_install valgrind >&2 && command -v valgrind >/dev/null; then
        return
    fi
    echo "valgrind is missing: install it (the package valgrind of Debian, Fedora, Alpine; it runs on" \
        "Linux) and try again." >&2
    exit 1
}

# Prints how many instructions the search of that name takes.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        --collect-atstart=no --toggle-collect='slot_search::search*' \
        "$program" "$1" >"$log" 2>&1 || {
        cat "$log" >&2
        echo "the search $1 does not run under valgrind" >&2
        exit 1
    }
    counted=$(sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p' "$log")
    if [ -z "$counted" ] || [ "$counted" = 0 ]; then
        cat "$log" >&2
        echo "nothing was counted: is the function search of domain/examples/slot_search.rs still there?" >&2
        exit 1
    fi
    echo "$counted"
}

# Compares one search with what is committed.
compare() {
    name=$1 counted=$2
    before=$(sed -n "s/^$name \([0-9]*\)\$/\1/p" "$committed")
    if [ -z "$before" ]; then
        echo "$name: $counted instructions, and none in $committed: write them with $0 --update" >&2
        return 1
    fi
    printf '%s: %d instructions, %+d %% against %s\n' \
        "$name" "$counted" $(((counted - before) * 100 / before)) "$committed"
    if [ $((counted * 100)) -gt $((before * (100 + tolerated))) ]; then
        echo "$name: a slot search became slower. Find out why, with callgrind_annotate; if it has to be," \
            "write the new number with $0 --update and say why in the commit." >&2
        return 1
    fi
    if [ $((counted * 100)) -lt $((before * (100 - tolerated))) ]; then
        echo "$name: a slot search became faster. Keep it so: $0 --update" >&2
    fi
}

ensure_valgrind
cargo build --quiet --locked --profile instructions --package domain --example slot_search
program=${CARGO_TARGET_DIR:-target}/instructions/examples/slot_search
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if [ "${1:-}" = --update ]; then
    for search in week topic next; do
        counted=$(count "$search")
        echo "$search $counted"
    done >"$log.new"
    mv "$log.new" "$committed"
    cat "$committed"
    exit 0
fi
failed=0
for search in week topic next; do
    counted=$(count "$search")
    compare "$search" "$counted" || failed=1
done
exit $failed
