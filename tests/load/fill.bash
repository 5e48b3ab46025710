# A database with history: fill MESSAGES writes that many sent messages into the real schema, as two businesses and
# eleven campaigns would have left them, in the ids that the server would have given. Written with SQL, because sending
# ten million would take a quarter of an hour.
#
#   business A: campaigns[0] with half of the first 80 % of messages, campaigns[1..5]; and campaigns[6], the newest,
#               with the last 20 %. business B: campaigns[7..10], between A's.
# Chunks of 1,000 alternate between the campaigns, as they do when these are sent at the same time.
# Of 1,000 messages 5 are skipped (suppressed), 10 failed (131026), one is uncertain, the others were read.
# Sets: campaigns (ids as numbers), key_a, key_b, first_message.
fill() { # MESSAGES
  local chunks=$(($1 / 1000)) i connection_a connection_b
  new_tenant "Business A"
  key_a=$key
  connection_a=$(new_connection)
  people 0 1000 >"$folder/people.csv"
  import_people "$folder/people.csv" all 1000
  for ((i = 0; i < 7; i++)); do campaigns[i]=$(draft "$connection_a" all); done
  new_tenant "Business B"
  key_b=$key
  connection_b=$(new_connection)
  import_people "$folder/people.csv" all 1000
  for ((i = 7; i < 11; i++)); do campaigns[i]=$(draft "$connection_b" all); done
  key=$key_a

  # The ids of the drafts, oldest first: their numbers are campaigns[0], [1], … of the comment above.
  first_message=$(sql "UPDATE sequences SET next_id = next_id + 1000000000 WHERE name = 'id';
    SELECT next_id - 999000000 FROM sequences WHERE name = 'id'")
  sql "SET GLOBAL innodb_flush_log_at_trx_commit = 0;
    CREATE TABLE fill_campaigns (no INT PRIMARY KEY, id BIGINT, tenant_id BIGINT, connection_id BIGINT);
    SET @no = -1;
    INSERT INTO fill_campaigns SELECT @no := @no + 1, id, tenant_id, connection_id FROM (SELECT * FROM campaigns ORDER BY id) c;
    CREATE TABLE fill_chunks (chunk BIGINT PRIMARY KEY, campaign INT, no INT);
    INSERT INTO fill_chunks SELECT seq, c, ROW_NUMBER() OVER (PARTITION BY c ORDER BY seq) - 1 FROM (
      SELECT seq, CASE WHEN seq >= $chunks * 0.8 THEN 6 WHEN seq % 2 = 0 THEN 0
        ELSE ELT(1 + (seq DIV 2) % 9, 1, 2, 3, 4, 5, 7, 8, 9, 10) END AS c FROM seq_0_to_$((chunks - 1))) s;
    INSERT INTO campaign_chunks (campaign_id, no, tenant_id, first_id, last_id, cursor_id, intent_id, done, owner, fence,
        lease_until, n_skipped, n_sent, n_failed, n_uncertain, n_cancelled, n_deferred)
      SELECT c.id, f.no, c.tenant_id, $first_message + chunk * 1000, $first_message + chunk * 1000 + 999,
        $first_message + chunk * 1000 + 1000, $first_message + chunk * 1000 + 1000, 1, '', 1, 0, 5, 984, 10, 1, 0, 0
      FROM fill_chunks f JOIN fill_campaigns c ON c.no = f.campaign"
  local part=$(((chunks + 19) / 20)) from
  for ((from = 0; from < chunks; from += part)); do
    say "messages from $((from * 1000)) on"
    sql "INSERT INTO messages (id, tenant_id, origin, campaign_id, connection_id, contact_id, channel, address, state, reason,
          params, content, created_at)
        SELECT k.first_id + seq, k.tenant_id, 1, k.campaign_id, c.connection_id, 1000000 + k.first_id + seq, 'whatsapp',
          CONCAT('+9190', LPAD((k.first_id + seq) % 90000000, 8, '0')), IF(seq % 200 = 3, 1, 0), IF(seq % 200 = 3, 'suppressed', ''),
          '{\"first_name\":\"Person\"}', NULL, 1795000000000 + (k.first_id - $first_message) * 10
        FROM fill_chunks f JOIN fill_campaigns c ON c.no = f.campaign JOIN campaign_chunks k ON k.campaign_id = c.id AND k.no = f.no
          JOIN seq_0_to_999 WHERE f.chunk BETWEEN $from AND $((from + part - 1)) ORDER BY k.first_id, seq;
      INSERT INTO outcomes (message_id, tenant_id, campaign_id, state, provider_id, class, code, text, parts, cost, attempts, sent_at, updated_at)
        SELECT id, tenant_id, campaign_id, CASE WHEN (id - $first_message) % 100 = 7 THEN 8 WHEN (id - $first_message) % 1000 = 11 THEN 4 ELSE 7 END,
          CONCAT('wamid.HBgM', MD5(id)), IF((id - $first_message) % 100 = 7, 'recipient', ''), IF((id - $first_message) % 100 = 7, '131026', ''),
          IF((id - $first_message) % 100 = 7, 'Message undeliverable', ''), 0, 0, 1, created_at + 400, created_at + 900
        FROM messages WHERE state = 0 AND id BETWEEN $first_message + $from * 1000 AND $first_message + ($from + $part) * 1000 - 1"
  done
  sql "UPDATE campaigns c JOIN (SELECT campaign_id, COUNT(*) AS n FROM campaign_chunks GROUP BY campaign_id) k ON k.campaign_id = c.id
      SET c.state = 4, c.materialised = 1, c.next_chunk = k.n, c.n_recipients = k.n * 1000, c.n_skipped = k.n * 5,
        c.started_at = 1795000000000, c.finished_at = 1795000900000;
    INSERT INTO campaign_reasons (campaign_id, state, reason, n)
      SELECT id, 1, 'suppressed', n_skipped FROM campaigns WHERE materialised = 1
      UNION ALL SELECT id, 8, '131026', n_recipients DIV 100 FROM campaigns WHERE materialised = 1;
    INSERT INTO campaign_deltas (campaign_id, state, n)
      SELECT campaign_id, 5, -SUM(n_sent) FROM campaign_chunks GROUP BY campaign_id
      UNION ALL SELECT campaign_id, 7, SUM(n_sent) FROM campaign_chunks GROUP BY campaign_id;
    DROP TABLE fill_chunks, fill_campaigns;
    SET GLOBAL innodb_flush_log_at_trx_commit = 1"
  [ "$(sql 'SELECT SUM(n_recipients) FROM campaigns')" = $((chunks * 1000)) ] || die "the history is not complete"
}
