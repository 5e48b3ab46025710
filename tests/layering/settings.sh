#!/bin/sh
# etc/dakiya.ini lists exactly the settings that server/app/config.cpp knows. $1: the repository.
set -eu
ini=$(awk '/^\[/ { gsub(/[][]/, ""); section = $0; next }
           /^[a-z_]+ *=/ { print section "." $1 }' "$1/etc/dakiya.ini" | sort)
code=$(grep -oE '\{"[a-z]+\.[a-z_]+",' "$1/server/app/config.cpp" | tr -d '{",' | sort)
[ -n "$code" ] || { echo "server/app/config.cpp: no settings found: has its table another form?"; exit 1; }
[ "$ini" = "$code" ] || {
    echo "etc/dakiya.ini and server/app/config.cpp differ. Only in one of them:"
    printf '%s\n%s\n' "$ini" "$code" | sort | uniq -u
    exit 1
}
