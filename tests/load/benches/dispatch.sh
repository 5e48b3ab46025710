# durable messages a second of one campaign, beside wrk, undici, BullMQ and Kannel
#
# ours: from the start of a campaign to its last durable outcome, through `meta` and MariaDB with a sync at every
# commit. Each rival runs between two runs of ours, against the same simulator, on the same two cores.
#   wrk     a bare load generator on the same endpoint: what the simulator can take
#   undici  a plain script in Node without durability (rivals/undici)
#   bullmq  BullMQ and Redis with appendfsync always (rivals/bullmq); bullmq_everysec with Redis' default
#   kannel  Kannel's spool store, which is never synced (rivals/kannel)
: "${recipients:=200000}" "${runs:=3}"
rivals=${rivals-wrk undici bullmq bullmq_everysec kannel}
wrk_seconds=5
connections=64
# A rival's rate does not grow with the number of its messages, and some are slow.
fewer=$((recipients < 50000 ? recipients : 50000))

# shellcheck source=tests/load/benches/dispatch_rivals.bash
. "$here/benches/dispatch_rivals.bash"

start_sim
start_database
start_server 1
new_tenant Bench
connection=$(new_connection)
say "importing $recipients people"
audience "$recipients"

declare -A rates
run_ours() {
  forget
  local server_cpu db_cpu sim_cpu
  server_cpu=$(cpu_of "${servers[1]}") db_cpu=$(cpu_of "$database") sim_cpu=$(cpu_of "$sim")
  run_campaign "$connection" all "$recipients"
  server_us+=("$(calc "($(cpu_of "${servers[1]}") - $server_cpu) * 10000 / $recipients")")
  db_us+=("$(calc "($(cpu_of "$database") - $db_cpu) * 10000 / $recipients")")
  sim_us+=("$(calc "($(cpu_of "$sim") - $sim_cpu) * 10000 / $recipients")")
  judged "$recipients"
  rates[ours]+=" $rate"
  say "ours: $rate"
}

for ((run = 0; run < runs; run++)); do
  run_ours
  for one in $rivals; do
    forget
    "rival_$one"
    rates[$one]+=" $rate"
    say "$one: $rate"
  done
done
run_ours

ours=$(median ${rates[ours]})
table='{}'
for one in $rivals; do
  table=$(jq -c --arg name "$one" --argjson rate "$(median ${rates[$one]})" '.[$name] = ($rate | round)' <<<"$table")
done
report dispatch '
  ours: ($ours | round), rival: $rivals.wrk, ratio: (if $rivals.wrk then ($ours / $rivals.wrk * 1000 | round) / 1000 else null end),
  rivals: $rivals, ratios: ($rivals | map_values(($ours / . * 1000 | round) / 1000)),
  cpu_us_per_message: {server: $server, mariadbd: $db, simulator: $sim}, recipients: $n, runs: $runs, peak_mib: $peak' \
  --argjson ours "$ours" --argjson rivals "$table" --argjson n "$recipients" --argjson runs "$runs" \
  --argjson server "$(median "${server_us[@]}")" --argjson db "$(median "${db_us[@]}")" --argjson sim "$(median "${sim_us[@]}")" \
  --argjson peak "$(resident "${servers[1]}" VmHWM)"
