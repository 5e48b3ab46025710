# Durable messages per second of one campaign through `meta` (MariaDB, a sync at every commit), and what wrk
# reaches on the simulator's same endpoint right before and after. All share this machine.
recipients=${3:-200000}
wrk_seconds=5

folder=$(mktemp -d "${TMPDIR:-/tmp}/dakiya-bench.XXXXXX")
sim= server=
cleanup() {
  for pid in $server $sim; do kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  "$here/../mariadb.sh" stop "$folder/db" >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT

wait_for() { # FILE: until it has a line
  for _ in $(seq 200); do [ -s "$1" ] && return; sleep 0.05; done
  echo "nothing in $1" >&2
  exit 1
}
field() { jq -r "$1"; }

# The simulator, with webhooks off.
"$build/bin/sim" --bench --set meta.access_token=EAAGbenchToken0123456789 >"$folder/sim.json" &
sim=$!
wait_for "$folder/sim.json"
meta=$(field .meta <"$folder/sim.json")
control=http://127.0.0.1:$(field .control <"$folder/sim.json")
credentials=$(curl -sS "$control/config" | jq .meta)

# MariaDB on the real disk.
mkdir -p "$folder/db"
eval "$("$here/../mariadb.sh" start "$folder/db")"
setting() { sed -E "s/.*(^|;)$1=([^;]*).*/\2/" <<<"$DAKIYA_TEST_MYSQL"; }
host=$(setting host) dbport=$(setting port) user=$(setting user)
mariadb --no-defaults -h "$host" -P "$dbport" -u "$user" -e 'CREATE DATABASE bench CHARACTER SET utf8mb4'

cat >"$folder/dakiya.ini" <<INI
data.folder = $folder/data
server.port = 0
store.kind = mysql
store.host = $host
store.port = $dbport
store.user = $user
store.database = bench
plugins.path = $build/plugins
net.origin.https://graph.facebook.com = http://127.0.0.1:$meta
limits.meta.send = 1000000
log.level = warn
log.file = $folder/server.log
INI
dakiya() { "$build/bin/dakiya" --config "$folder/dakiya.ini" "$@"; }
mkdir -p "$folder/data"
tenant=$(dakiya tenant create --name Bench --country IN)
key=$(dakiya key create --tenant "$tenant" --name bench)
"$build/bin/dakiya" --config "$folder/dakiya.ini" serve >"$folder/port" &
server=$!
wait_for "$folder/port"
api=http://127.0.0.1:$(field .port <"$folder/port")/v1
call() {
  local answer
  answer=$(curl -sS --fail-with-body -H "Authorization: Bearer $key" "$@") || { echo "$answer" >&2; exit 1; }
  echo "$answer"
}
post() { call -X POST -H 'Content-Type: application/json' --data "$2" "$api$1"; }

settings=$(jq -c '{access_token, phone_number_id, waba_id, app_secret, verify_token}' <<<"$credentials")
connection=$(post /connections "{\"provider\":\"meta\",\"name\":\"bench\",\"settings\":$settings}" | field .id)

{ echo name,phone; seq -f '%08.0f' 0 $((recipients - 1)) | sed 's/.*/Person &,+9190&/'; } >"$folder/customers.csv"
import=$(call -X POST -H 'Content-Type: text/csv' --data-binary "@$folder/customers.csv" "$api/imports?tags=bench" | field .id)
until call "$api/imports/$import" | jq -e '.state == "done" or .state == "failed"' >/dev/null; do sleep 0.3; done
call "$api/imports/$import" | jq -e ".created == $recipients" >/dev/null ||
  { echo "the import failed: $(call "$api/imports/$import")" >&2; exit 1; }

# wrk sends what the plugin sends.
cat >"$folder/post.lua" <<LUA
wrk.method = "POST"
wrk.headers["authorization"] = "Bearer $(jq -r .access_token <<<"$credentials")"
wrk.headers["content-type"] = "application/json"
wrk.body = '{"messaging_product":"whatsapp","recipient_type":"individual","to":"+919000000000","type":"text","text":{"body":"Hi Person, the sale starts today.","preview_url":false},"biz_opaque_callback_data":"msg_0000000000000"}'
LUA
path=/v25.0/$(jq -r .phone_number_id <<<"$credentials")/messages
wrk_rate() {
  wrk -t1 -c64 -d"${wrk_seconds}s" -s "$folder/post.lua" "http://127.0.0.1:$meta$path" >"$folder/wrk.txt"
  if grep -q 'Non-2xx' "$folder/wrk.txt"; then cat "$folder/wrk.txt" >&2; exit 1; fi
  sed -nE 's/^Requests\/sec: *([0-9.]+)/\1/p' "$folder/wrk.txt"
}

# CPU time of a process, in hundredths of a second (proc(5): fields 14 and 15).
cpu_of() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }
db=$(cat "$folder/db/mariadb/pid")

before=$(wrk_rate)
curl -sS -X POST "$control/reset" >/dev/null
campaign=$(post /campaigns "{\"name\":\"bench\",\"connection\":\"$connection\",\"audience\":{\"tags\":[\"bench\"]},
  \"content\":{\"kind\":\"text\",\"text\":\"Hi {{first_name|there}}, the sale starts today.\"}}" | field .id)
server_cpu=$(cpu_of "$server") db_cpu=$(cpu_of "$db") sim_cpu=$(cpu_of "$sim")
post "/campaigns/$campaign/send" '{}' >/dev/null
until call "$api/campaigns/$campaign" | jq -e '.state != "sending"' >/dev/null; do sleep 0.2; done
server_cpu=$(($(cpu_of "$server") - server_cpu)) db_cpu=$(($(cpu_of "$db") - db_cpu)) sim_cpu=$(($(cpu_of "$sim") - sim_cpu))
row=$(call "$api/campaigns/$campaign")
stats=$(call "$api/campaigns/$campaign/stats")
peak=$(sed -nE 's/^VmHWM:[[:space:]]*([0-9]+) kB/\1/p' "/proc/$server/status")
accepted=$(curl -sS "$control/ledger/summary" | jq '.meta.accepted')
after=$(wrk_rate)

if [ "$(jq -r .state <<<"$row")" != completed ] || [ "$accepted" != "$recipients" ]; then
  echo "the campaign did not end well: $row $stats, the simulator accepted $accepted" >&2
  exit 1
fi
us() { awk "BEGIN {print $1 * 10000 / $recipients}"; }
jq -cn --argjson server_us "$(us $server_cpu)" --argjson db_us "$(us $db_cpu)" --argjson sim_us "$(us $sim_cpu)" \
  --argjson row "$row" --argjson n "$recipients" --argjson before "$before" --argjson after "$after" \
  --argjson peak "$peak" --arg cpu "$(sed -nE 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" --argjson cores "$(nproc)" '
  ($row.finished_at - $row.started_at) as $ms | ($n * 1000 / $ms) as $ours | (($before + $after) / 2) as $wrk |
  {bench: "dispatch", ours: ($ours | round), rival: ($wrk | round), ratio: (($ours / $wrk * 1000 | round) / 1000),
   rivals: {wrk: ($wrk | round)}, cpu_us_per_message: {server: $server_us, mariadbd: $db_us, simulator: $sim_us}, recipients: $n, seconds: ($ms / 1000), peak_mib: ($peak / 1024 | round),
   machine: {cores: $cores, cpu: $cpu}}'
