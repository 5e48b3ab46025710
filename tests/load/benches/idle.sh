# answers of /healthz beside 10,000 idle keep-alive clients and 1,000 slow writers
: "${seconds:=20}" "${runs:=1}"
idle=10000 slow=1000
ulimit -n "$(ulimit -H -n)"
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge $((idle + slow + 1000)) ] ||
  die "$((idle + slow + 1000)) open files are needed and $(ulimit -n) are allowed: raise the hard limit (ulimit -Hn)"

start_sim
start_database
start_server 1 "server.connections_per_address = $((idle + slow + 1000))"  # all come from this machine
url=${apis[1]%/v1}/healthz
before=$(resident "${servers[1]}" VmRSS)
alone=$(load idle --url "$url" --idle 0 --slow 0 --seconds "$seconds")
say "alone: $alone"
beside=$(load idle --url "$url" --idle $idle --slow $slow --seconds "$seconds")
say "beside: $beside"
jq -e '.failed == 0 and .idle_closed == 0' <<<"$beside" >/dev/null || die "clients were turned away: $beside"

report idle '
  ours: $beside.health.p99_ms, rival: $alone.health.p99_ms, ratio: (($beside.health.p99_ms / $alone.health.p99_ms * 100 | round) / 100), rivals: {alone: $alone.health.p99_ms},
  p50_ms: $beside.health.p50_ms, p99_ms: $beside.health.p99_ms, max_ms: $beside.health.max_ms, idle: $beside.idle, slow: $beside.slow,
  slow_cut: $beside.slow_cut, idle_mib: $before, peak_mib: $peak' \
  --argjson alone "$alone" --argjson beside "$beside" --argjson before "$before" --argjson peak "$(resident "${servers[1]}" VmHWM)"
