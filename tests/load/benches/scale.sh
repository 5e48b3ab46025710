# messages a second of a campaign to 1 M people, beside one to 10,000
#
# Nothing on the send path may grow with the size of a campaign. Rates are taken from the provider's side, between the
# first and the last message that arrived, so that a start or an end that takes long flatters neither; `durable` are the
# rates as in dispatch.
: "${recipients:=1000000}" "${runs:=2}"
small=$((recipients < 10000 ? recipients : 10000))

start_bench
audience "$recipients" small "$small"

large_rates=() large_durable=() small_rates=() small_durable=()
run_small() {
  forget
  run_campaign "$connection" small "$small"
  judged "$small"
  small_durable+=("$rate")
  small_rates+=("$(arrival_rate)")
  say "$small: ${small_rates[-1]}"
}
run_large() {
  forget
  run_campaign "$connection" all "$recipients"
  judged "$recipients"
  large_durable+=("$rate")
  large_rates+=("$(arrival_rate)")
  say "$recipients: ${large_rates[-1]}"
}
for ((run = 0; run < runs; run++)); do
  run_small
  run_large
done
run_small

report scale '
  ours: ($ours | round), rival: ($rival | round), ratio: (($ours / $rival * 1000 | round) / 1000), rivals: {small: ($rival | round)},
  durable: {large: ($large | round), small: ($small | round)}, recipients: $n, small_recipients: $m, runs: $runs' \
  --argjson ours "$(median "${large_rates[@]}")" --argjson rival "$(median "${small_rates[@]}")" \
  --argjson large "$(median "${large_durable[@]}")" --argjson small "$(median "${small_durable[@]}")" \
  --argjson n "$recipients" --argjson m "$small" --argjson runs "$runs"
