# a small tenant's campaign beside another's to 1 M people: its time, divided by its time alone
: "${recipients:=1000000}" "${runs:=3}"
small=1000

start_bench
audience "$small"
small_key=$key small_connection=$connection
run_small() { # ARRAY to which the milliseconds are added, from POST …/send to the last outcome
  local id answer
  local -n to=$1
  key=$small_key
  id=$(draft "$small_connection" all)
  answer=$(load ask POST "${apis[1]}/campaigns/$id/send" --key "$key" --body '{}')
  await "$id" 0.05
  to+=("$(calc "($(load now) - $(field .sent_us <<<"$answer")) / 1000")")
  get "/campaigns/$id/stats" | jq -e --argjson n "$small" '.states.sent == $n' >/dev/null || die "not all were sent"
  say "$1: ${to[-1]} ms"
}

alone=() beside=()
run_small alone  # the first opens what is opened once
alone=()
for ((run = 0; run < runs; run++)); do run_small alone; done

new_tenant Large
connection=$(new_connection)
audience "$recipients"
large_key=$key
large=$(draft "$connection" all)
forget
post "/campaigns/$large/send" '{}' >/dev/null
until [ "$(accepted)" -gt $((recipients < 10000 ? recipients / 2 : 5000)) ]; do sleep 0.1; done
for ((run = 0; run < runs; run++)); do run_small beside; done
key=$large_key
get "/campaigns/$large" | jq -e '.state == "sending"' >/dev/null || die "the large campaign ended before the measurement: use more --recipients"
post "/campaigns/$large/cancel" '{}' >/dev/null

report fair '
  ours: $beside, rival: $alone, ratio: (($beside / $alone * 100 | round) / 100), rivals: {alone: $alone},
  beside_ms: $beside, alone_ms: $alone, small_recipients: $small, recipients: $n, runs: $runs' \
  --argjson beside "$(median "${beside[@]}")" --argjson alone "$(median "${alone[@]}")" --argjson small $small \
  --argjson n "$recipients" --argjson runs "$runs"
