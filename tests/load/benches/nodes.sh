# one campaign over 1, 2 and 4 servers on one database, the provider answering after 100 ms
#
# Each server has 64 connections, so it carries 640 messages a second at most; what is looked at is whether the second
# and the fourth add theirs. Rates are taken at the provider, from the first to the last message.
: "${seconds:=20}" "${runs:=1}"
latency_ms=100 per_node=640
most=$((per_node * seconds * 4))

start_bench --set latency_ms.min=$latency_ms --set latency_ms.max=$latency_ms
audience "$most" two $((most / 2)) one $((most / 4))

declare -A rates
run_nodes() { # SERVERS TAG RECIPIENTS
  local n
  for ((n = 2; n <= $1; n++)); do start_server "$n"; done
  forget
  run_campaign "$connection" "$2" "$3"
  judged "$3"
  for ((n = 2; n <= $1; n++)); do stop "${servers[n]}"; done
  rate=$(arrival_rate)
  rates[$1]+=" $rate"
  say "$1 servers: $rate"
}
for ((run = 0; run < runs; run++)); do
  run_nodes 1 one $((most / 4))
  run_nodes 2 two $((most / 2))
  run_nodes 4 all "$most"
done

report nodes '
  ours: ($four | round), rival: ($one | round), ratio: (($four / $one * 1000 | round) / 1000), rivals: {one: ($one | round)},
  nodes: {"1": ($one | round), "2": ($two | round), "4": ($four | round)}, ratio_2: (($two / $one * 1000 | round) / 1000), ratio_4: (($four / $one * 1000 | round) / 1000),
  latency_ms: $latency, recipients: $n, runs: $runs' \
  --argjson one "$(median ${rates[1]})" --argjson two "$(median ${rates[2]})" --argjson four "$(median ${rates[4]})" \
  --argjson latency $latency_ms --argjson n "$most" --argjson runs "$runs"
