# resident memory of the server: idle, and the peak of a campaign to 1 M people
: "${recipients:=1000000}"

start_sim
start_database
start_server 1
idle=$(resident "${servers[1]}" VmRSS)
new_tenant Bench
connection=$(new_connection)
audience "$recipients"
# The import is not what is measured: a fresh process sends.
stop "${servers[1]}"
serve 1
run_campaign "$connection" all "$recipients"
judged "$recipients"

report memory 'ours: $peak, rival: null, ratio: null, rivals: {}, idle_mib: $idle, peak_mib: $peak, after_mib: $after, recipients: $n, per_second: ($rate | round)' \
  --argjson idle "$idle" --argjson peak "$(resident "${servers[1]}" VmHWM)" --argjson after "$(resident "${servers[1]}" VmRSS)" \
  --argjson n "$recipients" --argjson rate "$rate"
