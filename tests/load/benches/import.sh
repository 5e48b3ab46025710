# customers a second of an import, beside LOAD DATA of the same file into the same tables
#
# ours: from the upload's first byte to state `done`: phones are checked and normalised, people matched, tags set.
# rival: LOAD DATA LOCAL INFILE into a copy of `contacts` with its indexes, and the tags with INSERT … SELECT, in one
# transaction. It checks nothing.
: "${recipients:=200000}" "${runs:=3}"

start_sim
start_database --local-infile=1
start_server 1
new_tenant Bench
people 0 "$recipients" >"$folder/customers.csv"

run_ours() { # into a tenant of its own: everybody is new
  new_tenant "Bench $RANDOM"
  local start
  mark_cpu "${servers[1]}" "$database"
  start=$(load now)
  import_people "$folder/customers.csv" all "$recipients"
  ours+=("$(calc "$recipients * 1000000 / ($(load now) - $start)")")
  server_us+=("$(cpu_us "${servers[1]}" "$recipients")")
  db_us+=("$(cpu_us "$database" "$recipients")")
  say "ours: ${ours[-1]}"
}
run_rival() {
  sql 'CREATE TABLE copy_contacts LIKE contacts; CREATE TABLE copy_tags LIKE contact_tags'
  local start
  start=$(load now)
  sql "SET @id = 1000; SET autocommit = 0;
    LOAD DATA LOCAL INFILE '$folder/customers.csv' INTO TABLE copy_contacts FIELDS TERMINATED BY ',' IGNORE 1 LINES (name, phone)
      SET id = (@id := @id + 1), tenant_id = 7, attributes = '{}', created_at = 1, updated_at = 1;
    INSERT INTO copy_tags (tenant_id, tag, contact_id) SELECT tenant_id, 'all', id FROM copy_contacts;
    COMMIT"
  load_data+=("$(calc "$recipients * 1000000 / ($(load now) - $start)")")
  [ "$(sql 'SELECT COUNT(*) FROM copy_contacts')" = "$recipients" ] || die "LOAD DATA did not load all"
  sql 'DROP TABLE copy_contacts, copy_tags'
  say "LOAD DATA: ${load_data[-1]}"
}
for ((run = 0; run < runs; run++)); do
  run_ours
  run_rival
done
run_ours

report import '
  ours: ($ours | round), rival: ($rival | round), ratio: (($ours / $rival * 1000 | round) / 1000), rivals: {load_data: ($rival | round)},
  cpu_us_per_row: {server: $server, mariadbd: $db}, recipients: $n, runs: $runs' \
  --argjson ours "$(median "${ours[@]}")" --argjson rival "$(median "${load_data[@]}")" --argjson n "$recipients" --argjson runs "$runs" \
  --argjson server "$(median "${server_us[@]}")" --argjson db "$(median "${db_us[@]}")"
