#include "store/webhooks.hpp"

#include "store/sql.hpp"

namespace dakiya::store::webhooks {

namespace {

// A column holds 65,535 bytes; longer bodies go on in webhook_parts.
constexpr std::size_t part_bytes = 60'000;

constexpr std::size_t statement_bytes = 1U << 20U;  // of bodies; MariaDB takes 16 MiB
constexpr std::size_t column_count = 14;            // with body and parts
constexpr std::string_view columns =
    "id, tenant_id, connection_id, hash, method, url, headers, state, error, attempts, due_at, received_at";

std::string select() { return "SELECT " + std::string(columns) + ", body, parts FROM webhooks "; }

// Of select().
Webhook from_row(Session& session, const Row& row) {
    Webhook w;
    w.id = row.integer(0);
    w.tenant = row.integer(1);
    w.connection = row.integer(2);
    w.hash = row.text(3);
    w.method = row.text(4);
    w.url = row.text(5);
    w.headers = row.text(6);
    w.state = row.text(7);
    w.error = row.text(8);
    w.attempts = static_cast<int>(row.integer(9));
    w.due_at = row.integer(10);
    w.received_at = row.integer(11);
    w.body = row.text(12);
    if (row.integer(13) > 0)
        for (const Row& part :
             session.query("SELECT body FROM webhook_parts WHERE webhook_id = ? ORDER BY no", {w.id}))
            w.body += part.text(0);
    return w;
}

// How many parts the body has beside the row's own.
std::size_t parts_of(const Webhook& w) { return w.body.empty() ? 0 : (w.body.size() - 1) / part_bytes; }

void append_row(std::vector<Value>& values, const Webhook& w) {
    values.insert(values.end(), {w.id, w.tenant, w.connection, w.hash, w.method, w.url, w.headers, w.state,
                                 w.error, w.attempts, w.due_at, w.received_at,
                                 Blob{w.body.substr(0, part_bytes)}, static_cast<std::int64_t>(parts_of(w))});
}

std::string insert_into() {
    return "INSERT INTO webhooks (" + std::string(columns) + ", body, parts) VALUES";
}

void insert_parts(Session& session, const Webhook& webhook) {
    std::vector<Value> values;
    std::int64_t no = 0;
    for (std::size_t at = part_bytes; at < webhook.body.size(); at += part_bytes)
        values.insert(values.end(), {webhook.id, no++, Blob{webhook.body.substr(at, part_bytes)}});
    session.insert_rows("INSERT INTO webhook_parts (webhook_id, no, body) VALUES", 3, values);
}

std::vector<Id> those_there(Session& session, std::span<const Id> ids) {
    std::vector<Value> values;
    append_ids(values, ids);
    return map_rows(session.query("SELECT id FROM webhooks WHERE id IN " + placeholders(ids.size()), values),
                    [](const Row& row) { return row.integer(0); });
}

}  // namespace

bool insert(Session& session, const Webhook& w) {
    std::vector<Value> values;
    append_row(values, w);
    const auto inserted = session.execute(
        insert_into() + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" + unless_there(session.dialect(), "id"),
        values);
    if (inserted == 1) insert_parts(session, w);
    return inserted == 1;
}

std::vector<Id> insert(Session& session, std::span<const Webhook> webhooks) {
    std::vector<Value> values;
    std::vector<Id> ids;
    std::size_t bytes = 0, written = 0;
    const auto flush = [&] {
        written +=
            session.insert_rows(insert_into(), column_count, values, unless_there(session.dialect(), "id"));
        values.clear();
        bytes = 0;
    };
    for (const Webhook& w : webhooks) {
        ids.push_back(w.id);
        if (parts_of(w) > 0) {  // its parts are written only when the row is new
            written += insert(session, w) ? 1 : 0;
            continue;
        }
        append_row(values, w);
        bytes += w.body.size();
        if (bytes >= statement_bytes) flush();
    }
    flush();
    return written == ids.size() ? ids : those_there(session, ids);
}

std::vector<Webhook> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit) {
    std::vector<Webhook> taken =
        map_rows(session.query(select() + "WHERE state = 'new' AND due_at <= ? ORDER BY due_at, id LIMIT ?" +
                                   for_update_of_free(session.dialect()),
                               {now_ms, limit}),
                 [&session](const Row& row) { return from_row(session, row); });
    std::vector<Id> ids;
    for (Webhook& webhook : taken) {
        webhook.due_at = until_ms;
        ++webhook.attempts;
        ids.push_back(webhook.id);
    }
    if (ids.empty()) return taken;
    std::vector<Value> values{until_ms};
    append_ids(values, ids);
    session.execute(
        "UPDATE webhooks SET due_at = ?, attempts = attempts + 1 WHERE id IN " + placeholders(ids.size()),
        values);
    return taken;
}

void finish(Session& session, std::span<const Id> webhooks) {
    if (webhooks.empty()) return;
    std::vector<Value> values;
    append_ids(values, webhooks);
    session.execute(
        "UPDATE webhooks SET state = 'done', error = '' WHERE id IN " + placeholders(webhooks.size()),
        values);
}

void fault(Session& session, const Webhook& w, std::string_view error, std::int64_t retry_at) {
    session.execute("UPDATE webhooks SET state = ?, error = ?, due_at = ? WHERE id = ? AND tenant_id = ?",
                    {retry_at == 0 ? "fault" : "new", std::string(error), retry_at, w.id, w.tenant});
}

std::optional<Webhook> find(Session& session, Scope scope, Id id) {
    return first_row(session.query(select() + "WHERE id = ? AND tenant_id = ?", {id, scope.tenant}),
                     [&session](const Row& row) { return from_row(session, row); });
}

std::uint64_t forget(Session& session, std::int64_t taken_before_ms, int limit) {
    const Rows old =
        session.query("SELECT id, parts FROM webhooks WHERE state = 'done' AND due_at < ? LIMIT ?",
                      {taken_before_ms, limit});
    for (const Row& row : old) {
        session.execute("DELETE FROM webhooks WHERE id = ?", {row.integer(0)});
        if (row.integer(1) > 0)
            session.execute("DELETE FROM webhook_parts WHERE webhook_id = ?", {row.integer(0)});
    }
    return old.size();
}

}  // namespace dakiya::store::webhooks
