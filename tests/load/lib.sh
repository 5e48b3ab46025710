# What every benchmark shares. Sourced by bench.sh, which sets `build` and `here`.
# Functions that start something set globals, which are named beside them. Everything ends with the shell.

folder=$(mktemp -d "${TMPDIR:-/tmp}/dakiya-bench.XXXXXX")
pids=()           # what stop_all ends, in the order of their start
servers=() apis=() # by number of the server: its pid, its address with /v1

stop() { # PID
  kill -TERM "$1" 2>/dev/null || return 0
  wait "$1" 2>/dev/null || true
}
stop_all() {
  local i
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do stop "${pids[i]}"; done
  pids=()
  [ ! -d "$folder/db" ] || "$here/../mariadb.sh" stop "$folder/db" >/dev/null 2>&1 || true
}
finish() {
  local status=$?
  trap '' INT TERM
  [ $status -eq 0 ] || { for log in "$folder"/*.log; do [ ! -s "$log" ] || { echo "--- $log" >&2; tail -n 10 "$log" >&2; }; done; }
  stop_all
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { echo "$*" >&2; }
die() { say "$*"; exit 1; }
wait_for() { # FILE: until it has a line
  for _ in $(seq 400); do [ ! -s "$1" ] || return 0; sleep 0.05; done
  die "nothing in $1"
}
field() { jq -r "$1"; }
load() { "$build/bin/load" "$@"; }

# --- the machine ---------------------------------------------------------------------------------------------

# CPU time of a process, in hundredths of a second (proc(5): fields 14 and 15).
cpu_of() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }
# What processes use while something runs: mark_cpu PID…, then cpu_us PID PIECES, microseconds a piece since.
declare -A cpu_then
mark_cpu() {
  local pid
  for pid in "$@"; do cpu_then[$pid]=$(cpu_of "$pid"); done
}
cpu_us() { calc "($(cpu_of "$1") - ${cpu_then[$1]}) * 10000 / $2"; }
# Resident memory of a process in MiB: now (VmRSS), or at most since its start (VmHWM).
resident() { awk -v what="$2:" '$1 == what {printf "%.1f\n", $2 / 1024}' "/proc/$1/status"; }
median() { printf '%s\n' "$@" | sort -g | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
# 99 of 100 are at most this, by nearest rank.
p99() { printf '%s\n' "$@" | sort -g | awk '{v[NR] = $1} END {r = int((NR * 99 + 99) / 100); print v[r]}'; }
calc() { awk "BEGIN {printf \"%.4g\n\", $1}"; }
machine() {
  jq -cn --arg cpu "$(sed -nE 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" --argjson cores "$(nproc)" \
    --argjson memory "$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)" --arg kernel "$(uname -r)" \
    --arg disk "$(stat -f -c %T "$folder")" --arg busy "$busy" \
    --arg commit "$(git -C "$here" describe --always --dirty 2>/dev/null || echo unknown)" \
    '{cores: $cores, cpu: $cpu, memory_mib: $memory, kernel: $kernel, disk: $disk, load_before: ($busy | tonumber), commit: $commit}'
}
busy=$(cut -d ' ' -f 1 /proc/loadavg)  # of the minute before: says whether the figures can be trusted
[ "$(stat -f -c %T "$folder")" != tmpfs ] || say "note: $folder is in memory, where a sync costs nothing; set TMPDIR"

# The last line of a benchmark: report NAME 'members of a jq object' [arguments of jq].
report() {
  local name=$1 members=$2
  shift 2
  jq -cn --arg bench "$name" --argjson machine "$(machine)" "$@" "{bench: \$bench, $members, machine: \$machine}"
}

# --- ours and rivals in turn ---------------------------------------------------------------------------------

# Ours and each of `rivals` in turn, `runs` times, and ours once more: a machine that becomes slower meanwhile flatters
# nobody. The functions ours and rival_NAME say a `rate`; COMMAND comes before each of them.
declare -A rates
in_turn() { # [COMMAND]
  local run one
  for ((run = 0; run < runs; run++)); do
    measure ours ours "$@"
    for one in $rivals; do measure "$one" "rival_$one" "$@"; done
  done
  measure ours ours "$@"
}
measure() { # NAME FUNCTION [COMMAND]
  "${3:-true}"
  "$2"
  rates[$1]+=" $rate"
  say "$1: $rate"
}
# As report, with the medians of what in_turn measured before MEMBERS.
report_rates() { # NAME MEMBERS [arguments of jq]
  local name=$1 members=$2 one table='{}'
  shift 2
  for one in $rivals; do
    table=$(jq -c --arg name "$one" --argjson rate "$(median ${rates[$one]})" '.[$name] = ($rate | round)' <<<"$table")
  done
  report "$name" "
    ours: (\$ours | round), rivals: \$rivals, ratios: (\$rivals | map_values((\$ours / . * 1000 | round) / 1000)), runs: \$runs,
    $members" --argjson ours "$(median ${rates[ours]})" --argjson rivals "$table" --argjson runs "$runs" "$@"
}

# --- what is started -----------------------------------------------------------------------------------------

# The simulator without webhooks: control (address), meta (port), credentials (JSON), sim (pid).
start_sim() { # [--set path=value]…
  "$build/bin/sim" --bench --set meta.access_token=EAAGbenchToken0123456789 "$@" >"$folder/sim.json" 2>"$folder/sim.log" &
  sim=$!
  pids+=("$sim")
  wait_for "$folder/sim.json"
  meta=$(field .meta <"$folder/sim.json")
  control=http://127.0.0.1:$(field .control <"$folder/sim.json")
  credentials=$(curl -sS "$control/config" | jq -c .meta)
}
credential() { jq -r ".$1" <<<"$credentials"; }
forget() { curl -sS -o /dev/null --fail-with-body -X POST "$control/reset"; }
accepted() { curl -sS "$control/ledger/summary" | jq .meta.accepted; }
# Nobody may have had a message twice, and nothing may have been sent that a correct client never sends.
judged() { # how many the simulator must have accepted
  local summary
  summary=$(curl -sS "$control/ledger/summary" | jq -c .meta)
  jq -e --argjson n "$1" '.accepted == $n and .duplicates == 0' <<<"$summary" >/dev/null ||
    die "the provider accepted $(jq -c '{accepted, duplicates}' <<<"$summary") and not $1 once each"
  jq -e '.count == 0' <<<"$(curl -sS "$control/violations")" >/dev/null ||
    die "the simulator saw violations: $(curl -sS "$control/violations" | cut -c1-500)"
}
# arrived_us of what was accepted, in that order.
arrivals() { curl -sS "$control/ledger/times" | cut -d ' ' -f 1; }
# Messages a second at the provider, from the first to the last.
arrival_rate() { arrivals | awk 'NR == 1 {first = $1} {last = $1} END {printf "%.6g\n", (NR - 1) * 1e6 / (last - first)}'; }

# MariaDB on the real disk, a sync at every commit, its log as docs/operate.md says: database (pid), db_settings
# (lines for dakiya.ini).
start_database() { # [OPTION of mariadbd]…
  mkdir -p "$folder/db"
  eval "$("$here/../mariadb.sh" start "$folder/db" --innodb-log-file-size=1G "$@")"
  db_host=$(db_setting host) db_port=$(db_setting port)
  database=$(cat "$folder/db/mariadb/pid")
  sql 'CREATE DATABASE bench CHARACTER SET utf8mb4' mysql
  db_settings="store.kind = mysql
store.host = $db_host
store.port = $db_port
store.socket = $(db_setting socket)
store.user = root
store.database = bench"
}
db_setting() { sed -E "s/.*(^|;)$1=([^;]*).*/\2/" <<<"$DAKIYA_TEST_MYSQL"; }
sql() { # STATEMENTS [DATABASE]
  mariadb --no-defaults --local-infile=1 -N -h "$db_host" -P "$db_port" -u root -D "${2:-bench}" -e "$1"
}

# A server: servers[N], apis[N]. All have one database and one master key, and otherwise the settings of
# etc/dakiya.ini, but: the simulator instead of Meta, no published limit, and warnings only in the log.
start_server() { # N [line of dakiya.ini]…
  local n=$1
  shift
  mkdir -p "$folder/data-$n"
  {
    printf '%s\n' "data.folder = $folder/data-$n" "security.master_key_file = $folder/master.key" "server.port = 0" \
      "$db_settings" "plugins.path = $build/plugins" "net.origin.https://graph.facebook.com = http://127.0.0.1:$meta" \
      "limits.meta.send = 1000000" "log.level = warn" "log.file = $folder/server-$n.log"
    [ $# -eq 0 ] || printf '%s\n' "$@"
  } | tac | awk -F ' = ' '!seen[$1]++' | tac >"$folder/dakiya-$n.ini"  # the last of a name counts
  serve "$n"
}
serve() { # N: (again) with the settings that it has
  : >"$folder/port-$1"
  "$build/bin/dakiya" --config "$folder/dakiya-$1.ini" serve >"$folder/port-$1" &
  servers[$1]=$!
  pids+=("$!")
  wait_for "$folder/port-$1"
  apis[$1]=http://127.0.0.1:$(field .port <"$folder/port-$1")/v1
}
dakiya() { "$build/bin/dakiya" --config "$folder/dakiya-1.ini" "$@"; }

# --- what the API does, at server 1 ---------------------------------------------------------------------------

# A business: tenant, key. Calls that follow are its.
new_tenant() { # NAME
  tenant=$(dakiya tenant create --name "$1" --country IN)
  key=$(dakiya key create --tenant "$tenant" --name bench)
}
call() { # arguments of curl; prints the answer
  local answer
  answer=$(curl -sS --fail-with-body -H "Authorization: Bearer $key" "$@") || die "$answer"
  echo "$answer"
}
post() { call -X POST -H 'Content-Type: application/json' --data "$2" "${apis[1]}$1"; }
get() { call "${apis[1]}$1"; }

new_connection() { # prints its id, when its templates are there: later, the simulator is told to forget
  local settings id
  settings=$(jq -c '{access_token, phone_number_id, waba_id, app_secret, verify_token}' <<<"$credentials")
  id=$(post /connections "{\"provider\":\"meta\",\"name\":\"bench\",\"settings\":$settings}" | field .id)
  call -X POST "${apis[1]}/connections/$id/sync-templates" >/dev/null
  until get "/connections/$id" | jq -e '(.template_sync.state // "running") != "running"' >/dev/null; do sleep 0.1; done
  echo "$id"
}

# What most benchmarks begin with: the simulator, a database, a server, a business and its `connection`.
start_bench() { # [--set path=value]… of the simulator
  start_sim "$@"
  start_database
  start_server 1
  new_tenant Bench
  connection=$(new_connection)
}

people() { # FIRST COUNT: a customer file
  echo name,phone
  seq -f '%08.0f' "$1" $(($1 + $2 - 1)) | sed 's/.*/Person &,+9190&/'
}
# Imports a customer file and waits: `imported` is the import as the API shows it.
import_people() { # FILE TAG PEOPLE
  local id
  id=$(call -X POST -H 'Content-Type: text/csv' --data-binary "@$1" "${apis[1]}/imports?tags=$2" | field .id)
  until imported=$(get "/imports/$id") && jq -e '.state == "done" or .state == "failed"' <<<"$imported" >/dev/null; do sleep 0.1; done
  jq -e --argjson n "$3" '.state == "done" and .created == $n' <<<"$imported" >/dev/null || die "the import failed: $imported"
}
# The tag `all` and the first COUNT of it as the tags that are named: audience COUNT [TAG COUNT]…
audience() {
  say "importing $1 people"
  people 0 "$1" >"$folder/people.csv"
  import_people "$folder/people.csv" all "$1"
  shift
  while [ $# -gt 0 ]; do
    people 0 "$2" >"$folder/people.csv"
    call -X POST -H 'Content-Type: text/csv' --data-binary "@$folder/people.csv" "${apis[1]}/imports?tags=$1" >"$folder/import.json"
    local id
    id=$(field .id <"$folder/import.json")
    until get "/imports/$id" | jq -e '.state == "done"' >/dev/null; do sleep 0.1; done
    shift 2
  done
  rm -f "$folder/people.csv"
}
draft() { # CONNECTION TAG [further members of the JSON]: prints the campaign's id
  post /campaigns "{\"name\":\"bench\",\"category\":\"transactional\",\"connection\":\"$1\",\"audience\":{\"tags\":[\"$2\"]},
    \"content\":{\"kind\":\"text\",\"text\":\"Hi {{first_name|there}}, the sale starts today.\"}${3:+,$3}}" | field .id
}
# Until a campaign is over; `row` is how the API shows it then.
await() { # CAMPAIGN [SECONDS between looks]
  until row=$(get "/campaigns/$1") && jq -e '.state != "sending"' <<<"$row" >/dev/null; do sleep "${2:-0.2}"; done
  jq -e '.state == "completed"' <<<"$row" >/dev/null || die "the campaign did not end well: $row $(get "/campaigns/$1/stats")"
}
# Sends a campaign to N people and sees that all were reached: `rate`, durable messages a second from its start to
# the last outcome.
send_campaign() { # CAMPAIGN N
  post "/campaigns/$1/send" '{}' >/dev/null
  await "$1" 1  # each look costs the cores that are measured
  local stats
  stats=$(get "/campaigns/$1/stats")
  jq -e --argjson n "$2" '.total == $n and .states.sent == $n' <<<"$stats" >/dev/null || die "not all were sent: $stats"
  rate=$(jq --argjson n "$2" '$n * 1000 / (.finished_at - .started_at)' <<<"$row")
}
run_campaign() { # CONNECTION TAG N
  local id
  id=$(draft "$1" "$2")
  send_campaign "$id" "$3"
}

# --- rivals --------------------------------------------------------------------------------------------------

# What the plugin sends, from wrk: `wrk_rate`, requests a second on the simulator.
wrk_provider() { # SECONDS
  cat >"$folder/post.lua" <<LUA
wrk.method = "POST"
wrk.headers["authorization"] = "Bearer $(credential access_token)"
wrk.headers["content-type"] = "application/json"
wrk.body = '{"messaging_product":"whatsapp","recipient_type":"individual","to":"+919000000000","type":"text","text":{"body":"Hi Person, the sale starts today.","preview_url":false},"biz_opaque_callback_data":"msg_0000000000000"}'
LUA
  wrk -t1 -c64 -d"${1}s" -s "$folder/post.lua" "$(provider_url)" >"$folder/wrk.txt"
  wrk_rate=$(wrk_requests "$folder/wrk.txt")
}
provider_url() { echo "http://127.0.0.1:$meta/v25.0/$(credential phone_number_id)/messages"; }
wrk_requests() { # FILE with what wrk said: requests a second, when all were answered well
  ! grep -qE 'Non-2xx|Socket errors' "$1" || die "$(cat "$1")"
  sed -nE 's/^Requests\/sec: *([0-9.]+)/\1/p' "$1"
}
# The packages of a rival in Node, as its lock file says: `rival` is its folder. Packages that are optional are left
# out, they are native helpers for single platforms.
node_rival() { # NAME
  rival=$build/rivals/$1
  mkdir -p "$rival"
  cp "$here/rivals/$1"/* "$rival/"
  cmp -s "$rival/package-lock.json" "$rival/node_modules/.installed" && return
  (cd "$rival" && npm install --no-save --omit=optional --no-audit --no-fund --loglevel=error >"$folder/npm.log" 2>&1) ||
    die "npm install of $1 failed"
  cp "$rival/package-lock.json" "$rival/node_modules/.installed"
}
