# durable messages a second of one campaign, beside wrk, undici, BullMQ and Kannel
#
# ours: from the start of a campaign to its last durable outcome, through `meta` and MariaDB with a sync at every
# commit. Each rival runs between two runs of ours, with as many messages, against the same simulator, on the same two
# cores.
#   wrk     a bare load generator on the same endpoint: what the simulator can take
#   undici  a plain script in Node without durability (rivals/undici)
#   bullmq  BullMQ and Redis with appendfsync always (rivals/bullmq); bullmq_everysec with Redis' default
#   kannel  Kannel's spool store, which is never synced (rivals/kannel); it does not know what became of a message
#   kannel_tracked  the same, with its delivery reports in MariaDB: as ours, it knows each message by the provider's id
: "${recipients:=200000}" "${runs:=3}"
rivals=${rivals-wrk undici bullmq bullmq_everysec kannel kannel_tracked}
wrk_seconds=5
connections=64

# shellcheck source=tests/load/benches/dispatch_rivals.bash
. "$here/benches/dispatch_rivals.bash"

start_bench
audience "$recipients"

ours() {
  mark_cpu "${servers[1]}" "$database" "$sim"
  run_campaign "$connection" all "$recipients"
  server_us+=("$(cpu_us "${servers[1]}" "$recipients")")
  db_us+=("$(cpu_us "$database" "$recipients")")
  sim_us+=("$(cpu_us "$sim" "$recipients")")
  judged "$recipients"
}
in_turn forget

report_rates dispatch '
  rival: $rivals.wrk, ratio: (if $rivals.wrk then ($ours / $rivals.wrk * 1000 | round) / 1000 else null end),
  cpu_us_per_message: {server: $server, mariadbd: $db, simulator: $sim}, recipients: $n, peak_mib: $peak' \
  --argjson n "$recipients" --argjson server "$(median "${server_us[@]}")" --argjson db "$(median "${db_us[@]}")" \
  --argjson sim "$(median "${sim_us[@]}")" --argjson peak "$(resident "${servers[1]}" VmHWM)"
