#!/usr/bin/env bash
# A private MariaDB for tests: own folder, own socket, a free port on 127.0.0.1, no password.
#   eval "$(tests/mariadb.sh start DIR [OPTION...])"   starts it in the new folder DIR/mariadb, sets DAKIYA_TEST_MYSQL
#   tests/mariadb.sh stop DIR                          stops it and removes DIR/mariadb
#   tests/mariadb.sh restart DIR                       starts it again when it was killed, as it was started
# OPTIONs go to mariadbd. Every test makes its own tables, which is slow on a busy disk: let DIR be in /dev/shm,
# except when speed is measured.
set -euo pipefail

usage="usage: tests/mariadb.sh start|stop|restart DIR [OPTION...]"
command=${1:?$usage}
folder=$(realpath -m "${2:?$usage}")/mariadb
shift 2
server=$(command -v mariadbd || echo /usr/sbin/mariadbd)

free_port() { # nobody listens there now
    local port
    for _ in $(seq 50); do
        port=$(shuf -i 20000-32000 -n 1)  # below the ports that the kernel hands out
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
    echo "no free port between 20000 and 32000" >&2
    exit 1
}

start() {
    [ ! -e "$folder" ] || { echo "$folder exists: stop it first" >&2; exit 1; }
    mkdir -p "$folder/data" "$folder/tmp"
    mariadb-install-db --no-defaults --datadir="$folder/data" --auth-root-authentication-method=normal \
        --skip-test-db --user="$(id -un)" --innodb-log-file-size=64M >"$folder/install.log" 2>&1
    # A unix socket path has at most 107 bytes, so it lives in /tmp whatever DIR is.
    mktemp -u /tmp/dakiya-mariadb-XXXXXX.sock >"$folder/socket"
    port=$(free_port)
    local command=("$server" --no-defaults --user="$(id -un)" --datadir="$folder/data" --tmpdir="$folder/tmp" \
        --socket="$(cat "$folder/socket")" --pid-file="$folder/pid" --log-error="$folder/error.log" \
        --port="$port" --bind-address=127.0.0.1 --skip-name-resolve --skip-log-bin \
        --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci \
        --innodb-buffer-pool-size=256M --innodb-log-file-size=64M --innodb-flush-log-at-trx-commit=1 \
        "$@")
    printf '%s\0' "${command[@]}" >"$folder/command"
    run
    echo "export DAKIYA_TEST_MYSQL='host=127.0.0.1;port=$port;user=root;database=dakiya_test;socket=$(cat "$folder/socket")'"
}

run() { # what $folder/command says, until it answers
    local command
    mapfile -d '' command <"$folder/command"
    "${command[@]}" </dev/null >/dev/null 2>&1 &
    for _ in $(seq 200); do
        mariadb-admin --no-defaults --socket="$(cat "$folder/socket")" --user=root ping >/dev/null 2>&1 && return
        sleep 0.05
    done
    echo "MariaDB did not start within 10 seconds:" >&2
    tail -n 20 "$folder/error.log" >&2
    exit 1
}

stop() {
    if [ -s "$folder/pid" ]; then
        pid=$(cat "$folder/pid")
        kill "$pid" 2>/dev/null || true
        while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    fi
    rm -rf "$folder"
}

case $command in
    start) start "$@" ;;
    stop) stop ;;
    restart) run ;;
    *) echo "$usage" >&2; exit 2 ;;
esac
