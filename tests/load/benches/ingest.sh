# webhooks a second that are committed before their 200, beside nginx answering `return 200`; and their answer times
#
# ours: signed reports on messages that were really sent, each another body, from 64 connections; a sync before each
# answer, and the reports are applied meanwhile. rival: nginx with the same bodies, stored nowhere.
# mixed: a campaign at 1,000 messages a second, and 3,300 webhooks a second about it (sent, delivered, read, and every
# third message has one repeated), open loop, for --seconds (300 for the record). p50_ms and p99_ms are of these.
: "${seconds:=60}" "${runs:=2}" "${recipients:=150000}"
wrk_seconds=5
per_run=$((recipients * 3 / (runs + 1)))  # a message has three reports; a run must not come to their end
sends=1000 hooks=3300
mixed=$((sends * seconds))
people=$((recipients > mixed ? recipients : mixed))

start_bench
address=${apis[1]%/v1}/webhooks/meta/$connection
audience "$people" mixed "$mixed"

port=$(shuf -i 20000-32000 -n 1)
sed -e "s|FOLDER|$folder|; s|PORT|$port|" "$here/rivals/nginx/nginx.conf" >"$folder/nginx.conf"
nginx -p "$folder" -c "$folder/nginx.conf" 2>"$folder/nginx.log" &
pids+=("$!")
until curl -s -o /dev/null "http://127.0.0.1:$port/"; do kill -0 "${pids[-1]}" || die "nginx did not start"; sleep 0.05; done

reporter=(--ledger "$control" --app-secret "$(credential app_secret)" --waba-id "$(credential waba_id)"
  --phone-number-id "$(credential phone_number_id)")
say "sending $people messages to report on"
forget
run_campaign "$connection" all "$people"
load reports "${reporter[@]}" --count $((per_run * (runs + 1))) --file "$folder/reports" >/dev/null
split -l "$per_run" -d -a 2 "$folder/reports" "$folder/reports."
rm "$folder/reports"

post_reports() { # URL FILE: rate, posted
  wrk -t1 -c64 -d"${wrk_seconds}s" -s "$here/webhooks.lua" "$1" -- "$2" >"$folder/wrk.txt" 2>"$folder/posted"
  rate=$(wrk_requests "$folder/wrk.txt")
  posted=$(tail -n 1 "$folder/posted")
}
stored() { sql 'SELECT COUNT(*) FROM webhooks'; }
backlog() { sql "SELECT COUNT(*) FROM webhooks WHERE state = 'new'"; }
ours=() nginx=() server_us=() db_us=()
run_ours() { # FILE
  local before
  before=$(stored)
  mark_cpu "${servers[1]}" "$database"
  post_reports "$address" "$1"
  ((posted <= per_run)) || die "$posted webhooks were sent and only $per_run are different: use more --recipients"
  (($(stored) - before >= posted)) || die "$posted webhooks were answered with 200 and $(($(stored) - before)) are stored"
  until [ "$(backlog)" = 0 ]; do sleep 0.2; done
  ours+=("$rate")
  server_us+=("$(cpu_us "${servers[1]}" "$posted")")
  db_us+=("$(cpu_us "$database" "$posted")")
  say "ours: $rate"
}
for ((run = 0; run < runs; run++)); do
  run_ours "$folder/reports.$(printf %02d $run)"
  post_reports "http://127.0.0.1:$port/" "$folder/reports.00"
  nginx+=("$rate")
  say "nginx: $rate"
done
run_ours "$folder/reports.$(printf %02d "$runs")"

say "$seconds seconds of $sends messages and $hooks webhooks a second"
forget
id=$(draft "$connection" mixed "\"per_second\":$sends")
post "/campaigns/$id/send" '{}' >/dev/null
times=$(load webhooks "${reporter[@]}" --url "$address" --rate $hooks --messages "$mixed")
say "mixed: $times"
await "$id"
judged "$mixed"
sent_rate=$(jq --argjson n "$mixed" '$n * 1000 / (.finished_at - .started_at)' <<<"$row")
for _ in $(seq 300); do
  states=$(get "/campaigns/$id/stats" | jq -c .states)
  ! jq -e --argjson n "$mixed" '.read == $n' <<<"$states" >/dev/null || break
  sleep 0.1
done
[ "$(sql "SELECT COUNT(*) FROM webhooks WHERE state = 'fault'")" = 0 ] || die "some webhooks could not be applied"
jq -e --argjson n "$mixed" '.read == $n' <<<"$states" >/dev/null || die "all of $mixed messages were reported as read, and we have $states"

report ingest '
  ours: ($ours | round), rival: ($rival | round), ratio: (($ours / $rival * 1000 | round) / 1000), rivals: {nginx: ($rival | round)},
  cpu_us_per_webhook: {server: $server, mariadbd: $db}, p50_ms: $times.p50_ms, p99_ms: $times.p99_ms,
  mixed: ($times + {seconds: $seconds, sends_per_second: ($sent | round)}), runs: $runs' \
  --argjson ours "$(median "${ours[@]}")" --argjson rival "$(median "${nginx[@]}")" --argjson times "$times" \
  --argjson server "$(median "${server_us[@]}")" --argjson db "$(median "${db_us[@]}")" \
  --argjson seconds "$seconds" --argjson sent "$sent_rate" --argjson runs "$runs"
