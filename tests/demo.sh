#!/usr/bin/env bash
# The demo of `./dev run`: a server on SQLite, a tenant, a sandbox connection, a campaign to
# examples/customers.csv.
#   tests/demo.sh BUILD [--once]
set -euo pipefail
build=$1
once=${2:-}
root=$(cd "$(dirname "$0")/.." && pwd)
data=${DAKIYA_DATA_FOLDER:-$root/run}
mkdir -p "$data"
chmod 700 "$data"
export DAKIYA_DATA_FOLDER=$data DAKIYA_PLUGINS_PATH=$build/plugins DAKIYA_LOG_FILE=$data/server.log
dakiya=$build/bin/dakiya

server=
finish() {
  [ -z "$server" ] || { kill -TERM "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
}
trap finish EXIT
trap 'exit 130' INT TERM

# The tenant and its key are made once and kept.
if [ ! -s "$data/demo.key" ]; then
  tenant=$("$dakiya" tenant create --name "Demo shop" --country IN)
  (umask 077 && "$dakiya" key create --tenant "$tenant" --name demo >"$data/demo.key")
fi
key=$(cat "$data/demo.key")

: >"$data/port"
"$dakiya" serve >"$data/port" &
server=$!
for _ in $(seq 100); do
  [ -s "$data/port" ] && break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
if [ ! -s "$data/port" ]; then
  echo "the server did not start; the end of $data/server.log:" >&2
  tail -n 20 "$data/server.log" >&2
  exit 1
fi
port=$(sed 's/[^0-9]//g' "$data/port")
url=http://127.0.0.1:$port
call() { # METHOD PATH [JSON]
  curl -sS --fail-with-body -X "$1" "$url$2" -H "Authorization: Bearer $key" \
    ${3:+-H 'Content-Type: application/json' --data "$3"}
}

if [ ! -s "$data/demo.connection" ]; then
  call POST /v1/connections '{"provider":"sandbox","name":"Sandbox","settings":{}}' |
    sed -E 's/.*"id":"(con_[0-9a-z]+)".*/\1/' >"$data/demo.connection"
fi
connection=$(cat "$data/demo.connection")

echo "API       $url/v1 (key in $data/demo.key, description at $url/openapi.json)"
status=0
"$dakiya" campaign send --url "$url" --key "$key" --csv "$root/examples/customers.csv" --connection "$connection" \
  --channel whatsapp --name "Diwali offer" --category transactional \
  --text 'Hi {{first_name|there}}, our Diwali sale starts today in {{city|your city}}. Reply STOP to opt out.' || status=$?
[ "$once" != --once ] || exit "$status"
echo
echo "serving at $url; Ctrl-C ends it"
wait "$server"
