# one-time passwords: from the API call to the provider's first byte, p99, idle and beside a campaign to 1 M people
#
# Open loop, 50 a second, measured from when each call was due.
: "${recipients:=1000000}" "${seconds:=20}"
per_second=50

start_bench
body="{\"connection\":\"$connection\",\"channel\":\"whatsapp\",\"category\":\"otp\",\"content\":{\"kind\":\"text\",\"text\":\"Your code is 481526.\"}}"
passwords() { # SECONDS FIRST-NUMBER
  load messages --url "${apis[1]}/messages" --key "$key" --body "$body" --ledger "$control" --rate "$per_second" --seconds "$1" --first-to "$2"
}
passwords 1 917000000000 >/dev/null  # what is opened and compiled at first use
idle=$(passwords "$seconds" 917000001000)
say "idle: $idle"

audience "$recipients"
forget
id=$(draft "$connection" all)
post "/campaigns/$id/send" '{}' >/dev/null
until [ "$(accepted)" -gt 1000 ]; do sleep 0.1; done
loaded=$(passwords "$seconds" 917000101000)
get "/campaigns/$id" | jq -e '.state == "sending"' >/dev/null || die "the campaign ended before the measurement: use more --recipients or fewer --seconds"
say "loaded: $loaded"
sent=$(get "/campaigns/$id/stats" | jq '.states.sent // 0')
post "/campaigns/$id/cancel" '{}' >/dev/null

report otp '
  ours: $loaded.provider.p99_ms, rival: $idle.provider.p99_ms, ratio: (($loaded.provider.p99_ms / $idle.provider.p99_ms * 100 | round) / 100),
  rivals: {idle: $idle.provider.p99_ms}, idle_p99_ms: $idle.provider.p99_ms, loaded_p99_ms: $loaded.provider.p99_ms,
  idle: $idle, loaded: $loaded, per_second: $rate, campaign: {recipients: $n, sent_meanwhile: $sent}' \
  --argjson idle "$idle" --argjson loaded "$loaded" --argjson rate "$per_second" --argjson n "$recipients" --argjson sent "$sent"
