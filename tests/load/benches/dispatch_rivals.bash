# The rivals of dispatch.sh: rival_NAME runs one once and sets `rate`, its messages a second.

rival_wrk() {
  wrk_provider "$wrk_seconds"
  rate=$wrk_rate
}

rival_undici() {
  node_rival undici
  rate_of_script "$recipients" node "$rival/send.mjs" "$(provider_url)" "$(credential access_token)" "$recipients" "$connections"
}

rival_bullmq() { bullmq_with always; }
rival_bullmq_everysec() { bullmq_with everysec; }
bullmq_with() { # appendfsync
  node_rival bullmq
  mkdir "$folder/redis"
  # No snapshots: the append-only file alone is what makes it durable. https://redis.io/docs/management/persistence/
  redis-server --port 0 --unixsocket "$folder/redis.sock" --dir "$folder/redis" --appendonly yes --appendfsync "$1" \
    --save '' --daemonize no --logfile "$folder/redis.log" &
  local redis=$!
  pids+=("$redis")
  until redis-cli -s "$folder/redis.sock" ping >/dev/null 2>&1; do kill -0 "$redis" || die "Redis did not start"; sleep 0.05; done
  rate_of_script "$recipients" node "$rival/campaign.mjs" "$folder/redis.sock" "$(provider_url)" "$(credential access_token)" \
    "$recipients" "$connections"
  stop "$redis"
  rm -rf "$folder/redis" "$folder/redis.sock"
}

rate_of_script() { # MESSAGES COMMAND…: one that prints {"seconds": …}
  local messages=$1 seconds
  shift
  seconds=$("$@" 2>"$folder/rival.log" | field .seconds)
  [ "$(accepted)" = "$messages" ] || die "the provider accepted $(accepted) of $messages"
  rate=$(calc "$messages / $seconds")
}

rival_kannel() { kannel_with "" ""; }
# Kannel as it is run where people want to know what became of a message: reports in a database, here the same
# MariaDB with a sync at every commit.
rival_kannel_tracked() {
  local recipients=$((recipients < 5000 ? recipients : 5000))  # it writes one report after the other
  sql 'CREATE DATABASE kannel; CREATE TABLE kannel.dlr (smsc VARCHAR(40), ts VARCHAR(64), source VARCHAR(40),
    destination VARCHAR(40), service VARCHAR(40), url VARCHAR(255), mask INT, status INT, boxc VARCHAR(40),
    KEY (smsc, ts)) ENGINE = InnoDB' mysql
  kannel_with "s|^group = core|&\ndlr-storage = mysql|" "&dlr-mask=3&dlr-url=http%3A%2F%2F127.0.0.1%3A9%2F"
  [ "$(sql 'SELECT COUNT(*) FROM dlr' kannel)" = "$recipients" ] || die "Kannel tracks $(sql 'SELECT COUNT(*) FROM dlr' kannel) of $recipients"
  sql 'DROP DATABASE kannel' mysql
}
kannel_with() { # SED-SCRIPT for its settings, PARAMETERS of each message
  local spool=$folder/kannel ports bearerbox smsbox
  mkdir -p "$spool/spool"
  mapfile -t ports < <(shuf -i 20000-32000 -n 4)
  sed -e "s|FOLDER|$spool|g; s|ADMIN_PORT|${ports[0]}|; s|SMSBOX_PORT|${ports[1]}|; s|SMSC_PORT|${ports[2]}|" \
    -e "s|SENDSMS_PORT|${ports[3]}|; s|PROVIDER_PORT|${control##*:}|" "$here/rivals/kannel/kannel.conf" >"$spool/kannel.conf"
  if [ -n "$1" ]; then
    sed -i "$1" "$spool/kannel.conf"
    { echo; sed -e "s|DB_HOST|$db_host|; s|DB_PORT|$db_port|" "$here/rivals/kannel/tracked.conf"; } >>"$spool/kannel.conf"
  fi
  /usr/sbin/bearerbox "$spool/kannel.conf" >/dev/null 2>"$folder/kannel.log" &
  bearerbox=$!
  pids+=("$bearerbox")
  local sendsms=http://127.0.0.1:${ports[3]}
  for _ in $(seq 200); do curl -s -o /dev/null "http://127.0.0.1:${ports[0]}/status?password=bench" && break; sleep 0.05; done
  /usr/sbin/smsbox "$spool/kannel.conf" >/dev/null 2>>"$folder/kannel.log" &
  smsbox=$!
  pids+=("$smsbox")
  for _ in $(seq 200); do curl -s -o /dev/null "$sendsms/" && break; sleep 0.05; done

  # The people come in through its own HTTP interface; the clock runs until the provider has the last one.
  local start end
  start=$(load now)
  load flood --count "$recipients" --connections 32 >/dev/null \
    --url "$sendsms/cgi-bin/sendsms?username=bench&password=bench&text=Hi+Person%2C+the+sale+starts+today.$2&to=9190"
  until [ "$(curl -sS "$control/plain/summary" | jq .numbers)" = "$recipients" ]; do
    sleep 0.1
    (($(load now) - start < 120000000)) || die "Kannel sent $(curl -sS "$control/plain/summary") of $recipients in 2 minutes"
  done
  end=$(load now)
  rate=$(calc "$recipients * 1000000 / ($end - $start)")
  stop "$smsbox"
  stop "$bearerbox"
  rm -rf "$spool"
}
