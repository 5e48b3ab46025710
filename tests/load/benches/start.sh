# time from POST …/send of a campaign to 1 M people to its first message at the provider, p99
: "${recipients:=1000000}" "${runs:=30}"

start_bench
audience "$recipients"

times=()
for ((run = 0; run < runs; run++)); do
  id=$(draft "$connection" all)
  forget
  answer=$(load ask POST "${apis[1]}/campaigns/$id/send" --key "$key" --body '{}')
  [ "$(field .status <<<"$answer")" = 202 ] || [ "$(field .status <<<"$answer")" = 200 ] || die "the campaign was not taken: $answer"
  for _ in $(seq 600); do
    first=$(curl -sS "$control/ledger/times?limit=1" | cut -d ' ' -f 1)
    [ -z "$first" ] || break
    sleep 0.05
  done
  [ -n "$first" ] || die "nothing arrived within 30 seconds"
  times+=("$(calc "($first - $(field .sent_us <<<"$answer")) / 1000")")
  # The rest is not needed. The next run begins when this one has come to rest.
  post "/campaigns/$id/cancel" '{}' >/dev/null
  until get "/campaigns/$id/stats" | jq -e '[.states.queued, .states.sending] | all(. == null or . == 0)' >/dev/null; do sleep 0.1; done
done

report start 'ours: $p99, rival: null, ratio: null, rivals: {}, p50_ms: $p50, p99_ms: $p99, recipients: $n, runs: $runs' \
  --argjson p50 "$(median "${times[@]}")" --argjson p99 "$(p99 "${times[@]}")" --argjson n "$recipients" --argjson runs "$runs"
