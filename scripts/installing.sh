# Read by the scripts beside it that install what lacks.

# Runs a command as root: directly, or with sudo when that asks no password.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null && sudo -n "$@"
    fi
}

# Installs a package of Debian and its like.
apt_install() {
    command -v apt-get >/dev/null || return 1
    as_root apt-get update || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$1"
}
