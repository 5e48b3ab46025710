# durable e-mails a second of one campaign into Postfix' smtp-sink, beside smtp-source
#
# ours: from the start of a campaign to its last durable outcome, through `smtp` and MariaDB with a sync at every
# commit. smtp-source runs between two runs of ours: the same sink, as many connections, mails of the same size, used
# again and again, from memory, remembering nothing.
: "${recipients:=50000}" "${runs:=3}"
rivals=${rivals-smtp_source}
connections=20
export PATH=$PATH:/usr/sbin

free_port() { # between the ports that the system gives out by itself, which nobody listens on
  local port
  for port in $(seq 20250 20350); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  die "no port is free for smtp-sink"
}
start_sink() { # sink (pid), sink_port; what it counts goes to sink.txt
  sink_port=$(free_port)
  local as=()
  [ "$(id -u)" != 0 ] || as=(-u nobody)  # it does not serve as root
  (cd "$folder" && exec smtp-sink "${as[@]}" -c "127.0.0.1:$sink_port" 1024 >"$folder/sink.txt" 2>"$folder/sink.log") &
  sink=$!
  pids+=("$sink")
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$sink_port") 2>/dev/null && return
    sleep 0.05
  done
  die "smtp-sink does not answer: $(cat "$folder/sink.log")"
}
stop_sink() { # counted: the mails that it took
  stop "$sink"
  counted=$(tr '\r' '\n' <"$folder/sink.txt" | grep -o 'mesg=[0-9]*' | tail -n 1 | tr -dc 0-9)
}
counted_as() { # how many it must have taken since its start
  stop_sink
  [ "$counted" = "$1" ] || die "smtp-sink took $counted mails and not $1"
  start_sink
}

new_mail_connection() { # prints its id
  post /connections "{\"provider\":\"smtp\",\"name\":\"bench\",\"settings\":{\"host\":\"127.0.0.1\",\"port\":$sink_port,
    \"security\":\"none\",\"from_address\":\"tea@shop.example\",\"connections\":$connections}}" | field .id
}
mail_addresses() { # COUNT: a customer file
  echo name,email
  seq -f '%08.0f' 0 $(($1 - 1)) | sed 's/.*/Person &,person&@sink.example/'
}
mail_draft() { # prints the campaign's id
  post /campaigns "{\"name\":\"bench\",\"category\":\"transactional\",\"connection\":\"$connection\",\"channel\":\"email\",
    \"audience\":{\"tags\":[\"all\"]},\"content\":{\"kind\":\"text\",\"text\":\"Hi {{first_name|there}}, the sale starts today.\",
    \"email\":{\"subject\":\"The sale starts today\"}}}" | field .id
}
rival_smtp_source() { # `rate`
  local began ended
  began=$(date +%s%N)
  smtp-source -d -s "$connections" -m "$recipients" -l 500 -f tea@shop.example -t person@sink.example "127.0.0.1:$sink_port"
  ended=$(date +%s%N)
  rate=$(calc "$recipients * 1000000000 / ($ended - $began)")
  counted_as "$recipients"
}

meta=9  # nothing goes out over HTTP here: the discard port
start_sink
start_database
start_server 1 "net.allow = 127.0.0.1/32" "limits.smtp.send = 1000000"
new_tenant Bench
say "importing $recipients people"
mail_addresses "$recipients" >"$folder/people.csv"
import_people "$folder/people.csv" all "$recipients"
connection=$(new_mail_connection)

ours() {
  local id
  id=$(mail_draft)
  mark_cpu "${servers[1]}"
  send_campaign "$id" "$recipients"
  server_us+=("$(cpu_us "${servers[1]}" "$recipients")")
  counted_as "$recipients"
}
in_turn

report_rates smtp '
  cpu_us_per_message: {server: $server}, recipients: $n, connections: $connections, peak_mib: $peak' \
  --argjson n "$recipients" --argjson server "$(median "${server_us[@]}")" --argjson connections "$connections" \
  --argjson peak "$(resident "${servers[1]}" VmHWM)"
