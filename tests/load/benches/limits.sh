# the truth of a rate limit over 4 servers: the worst second and the mean, beside the limit
#
# R is given as the provider's limit (limits.meta.send). Taken from the arrivals at the provider: how many came in the
# worst second, wherever it begins, and how many a second from the first to the last.
: "${seconds:=30}" "${runs:=1}"
limit=1000
n=$((limit * seconds))

start_sim
start_database
for server in 1 2 3 4; do start_server $server "limits.meta.send = $limit"; done
new_tenant Bench
connection=$(new_connection)
audience "$n"

worst=() mean=()
for ((run = 0; run < runs; run++)); do
  forget
  run_campaign "$connection" all "$n"
  judged "$n"
  read -r most per_second < <(arrivals | awk '
    {t[NR] = $1}
    {while (t[NR] - t[oldest + 1] >= 1000000) oldest++}
    NR - oldest > most {most = NR - oldest}
    END {printf "%d %.6g\n", most, (NR - 1) * 1e6 / (t[NR] - t[1])}')
  worst+=("$most") mean+=("$per_second")
  say "worst second $most, mean $per_second"
done

report limits '
  ours: $mean, rival: $limit, ratio: (($mean / $limit * 1000 | round) / 1000), rivals: {limit: $limit},
  worst_second: $worst, worst_ratio: (($worst / $limit * 1000 | round) / 1000), mean_ratio: (($mean / $limit * 1000 | round) / 1000),
  servers: 4, recipients: $n, runs: $runs' \
  --argjson worst "$(median "${worst[@]}")" --argjson mean "$(median "${mean[@]}")" --argjson limit $limit --argjson n "$n" --argjson runs "$runs"
