# lists, statistics and export over 10 M messages: nothing may take longer because the table is large
#
# Each list is asked 100 times, one request after the other: p50, p99 and max of the whole answer. `ours` is the worst
# p99 in milliseconds.
: "${recipients:=10000000}"

# shellcheck source=tests/load/fill.bash
. "$here/fill.bash"
start_sim
start_database --innodb-buffer-pool-size=1G
start_server 1
fill "$recipients"

# Ids as the API writes them (server/base/id.cpp): 13 digits of Crockford's base 32.
id_text() { # PREFIX NUMBER
  local digits=0123456789abcdefghjkmnpqrstvwxyz text='' number=$2
  while [ ${#text} -lt 13 ]; do text=${digits:number%32:1}$text number=$((number / 32)); done
  echo "$1_$text"
}
middle=$((first_message + recipients / 2))
cat >"$folder/plan" <<PLAN
newest /messages
newest_deep /messages?cursor=$(id_text cur $middle)
newest_failed /messages?state=failed
newest_failed_deep /messages?state=failed&cursor=$(id_text cur $middle)
newest_uncertain /messages?state=uncertain
newest_cancelled /messages?state=cancelled
of_newest_campaign /messages?campaign=${campaigns[6]}
of_old_campaign /messages?campaign=${campaigns[1]}
of_old_campaign_failed /messages?campaign=${campaigns[1]}&state=failed
of_address /messages?address=%2B9190$(printf %08d $((middle % 90000000)))
$(for n in 1 2 3 4 5 6 7 8 9; do echo "one /messages/$(id_text msg $(sql "SELECT id FROM messages WHERE id >= $first_message + $n * $recipients / 10 AND campaign_id IN (SELECT id FROM campaigns WHERE tenant_id = (SELECT MIN(id) FROM tenants)) LIMIT 1"))"; done)
stats /campaigns/${campaigns[0]}/stats
campaigns /campaigns
recipients /campaigns/${campaigns[0]}/recipients
recipients_deep /campaigns/${campaigns[0]}/recipients?cursor=$(id_text cur $middle)
recipients_failed /campaigns/${campaigns[0]}/recipients?state=failed
recipients_failed_deep /campaigns/${campaigns[0]}/recipients?state=failed&cursor=$(id_text cur $middle)
recipients_uncertain /campaigns/${campaigns[0]}/recipients?state=uncertain
recipients_cancelled /campaigns/${campaigns[0]}/recipients?state=cancelled
PLAN
times='{}'
while read -r list path; do
  one=$(grep "^$list " "$folder/plan" | load lists --url "${apis[1]}" --key "$key" --count 100)
  times=$(jq -c --argjson one "$one" '. + $one' <<<"$times")
  say "$one"
done < <(sort -u -k 1,1 "$folder/plan")

export_rate() { # CAMPAIGN [QUERY]
  local start rows
  start=$(load now)
  rows=$(call "${apis[1]}/campaigns/$1/recipients.csv${2:-}" | tail -n +2 | wc -l)
  rate=$(calc "$rows * 1000000 / ($(load now) - $start)")
  say "$rows rows of CSV: $rate a second"
}
export_rate "${campaigns[1]}"
export_all=$rate
export_rate "${campaigns[1]}" '?state=failed'

report reads '
  ours: ([$times[].p99_ms] | max), rival: null, ratio: null, rivals: {}, lists: $times,
  export_rows_per_second: ($all | round), export_failed_rows_per_second: ($failed | round), messages: $n' \
  --argjson times "$times" --argjson all "$export_all" --argjson failed "$rate" --argjson n "$recipients"
