# time from exec to the first 200 of /readyz, on a database with 1 M messages, and to the same on an empty one
: "${recipients:=1000000}" "${runs:=5}"

# shellcheck source=tests/load/fill.bash
. "$here/fill.bash"
start_sim
start_database
start_server 1
port=$(shuf -i 20000-32000 -n 1)
sed -i "s/^server.port = .*/server.port = $port/" "$folder/dakiya-1.ini"  # known before it starts

boot() { # ARRAY
  local -n to=$1
  stop "${servers[1]}"
  local start
  start=$(load now)
  "$build/bin/dakiya" --config "$folder/dakiya-1.ini" serve >"$folder/port-1" &
  servers[1]=$!
  pids+=("$!")
  until curl -s -f -o /dev/null "http://127.0.0.1:$port/readyz"; do
    kill -0 "${servers[1]}" 2>/dev/null || die "the server did not start"
    sleep 0.005
  done
  to+=("$(calc "($(load now) - $start) / 1000")")
  apis[1]=http://127.0.0.1:$port/v1
  say "$1: ${to[-1]} ms"
}
empty=() full=()
for ((run = 0; run < runs; run++)); do boot empty; done
fill "$recipients"
for ((run = 0; run < runs; run++)); do boot full; done

report boot '
  ours: $full, rival: $empty, ratio: (($full / $empty * 100 | round) / 100), rivals: {empty: $empty}, full_ms: $full, empty_ms: $empty,
  messages: $n, runs: $runs' \
  --argjson full "$(median "${full[@]}")" --argjson empty "$(median "${empty[@]}")" --argjson n "$recipients" --argjson runs "$runs"
