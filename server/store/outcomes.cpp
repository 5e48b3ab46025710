#include <algorithm>

#include "store/messages.hpp"
#include "store/sql.hpp"

namespace dakiya::store::outcomes {

namespace {

constexpr const char* columns =
    "message_id, tenant_id, campaign_id, state, provider_id, class, code, text, parts, cost, attempts, "
    "sent_at, "
    "updated_at";

std::vector<Outcome> from_rows(const Rows& rows) {
    std::vector<Outcome> outcomes;
    outcomes.reserve(rows.size());
    for (const Row& row : rows)
        outcomes.push_back({row.integer(0), row.integer(1), row.integer(2),
                            static_cast<domain::State>(row.integer(3)), row.text(4), row.text(5), row.text(6),
                            row.text(7), static_cast<int>(row.integer(8)), row.integer(9),
                            static_cast<int>(row.integer(10)), row.integer(11), row.integer(12)});
    return outcomes;
}

Value provider_id_or_null(const Outcome& o) {
    if (o.provider_id.empty()) return nullptr;
    return o.provider_id;
}

}  // namespace

void append(Session& session, std::span<const Outcome> outcomes) { append(session, {&outcomes, 1}); }

void append(Session& session, std::span<const std::span<const Outcome>> lists) {
    std::vector<const Outcome*> rows;
    for (const auto& outcomes : lists)
        for (const Outcome& outcome : outcomes) rows.push_back(&outcome);
    if (rows.empty()) return;
    // A clustered index takes rows in its own order at the least cost.
    std::sort(rows.begin(), rows.end(),
              [](const Outcome* one, const Outcome* other) { return one->message < other->message; });
    std::vector<Value> values;
    values.reserve(rows.size() * 13);
    for (const Outcome* o : rows) {
        values.emplace_back(o->message);
        values.emplace_back(o->tenant);
        values.emplace_back(o->campaign);
        values.emplace_back(std::int64_t{static_cast<int>(o->state)});
        values.push_back(provider_id_or_null(*o));
        values.emplace_back(o->cls);
        values.emplace_back(o->code);
        values.emplace_back(o->text);
        values.emplace_back(std::int64_t{o->parts});
        values.emplace_back(o->cost);
        values.emplace_back(std::int64_t{o->attempts});
        values.emplace_back(o->sent_at);
        values.emplace_back(o->updated_at);
    }
    session.insert_rows("INSERT INTO outcomes (" + std::string(columns) + ") VALUES", 13, values);
}

std::vector<Outcome> by_messages(Session& session, std::span<const Id> messages) {
    if (messages.empty()) return {};
    std::vector<Value> values;
    append_ids(values, messages);
    return from_rows(session.query("SELECT " + std::string(columns) + " FROM outcomes WHERE message_id IN " +
                                       placeholders(messages.size()) + for_update(session.dialect()),
                                   values));
}

std::vector<Outcome> by_provider_ids(Session& session, Scope scope, std::span<const std::string> ids) {
    if (ids.empty()) return {};
    std::vector<Value> values{scope.tenant};
    values.insert(values.end(), ids.begin(), ids.end());
    values.insert(values.end(), padded(ids.size()) - ids.size(), Value(ids.front()));
    return from_rows(session.query("SELECT " + std::string(columns) +
                                       " FROM outcomes WHERE tenant_id = ? AND provider_id IN " +
                                       placeholders(ids.size()),
                                   values));
}

std::uint64_t move(Session& session, std::span<const Id> messages, domain::State from, domain::State next,
                   std::int64_t now_ms) {
    if (messages.empty()) return 0;
    std::vector<Value> values{std::int64_t{static_cast<int>(next)}, now_ms,
                              std::int64_t{static_cast<int>(from)}};
    append_ids(values, messages);
    return session.execute(
        "UPDATE outcomes SET state = ?, updated_at = ? WHERE state = ? AND message_id IN " +
            placeholders(messages.size()),
        values);
}

bool replace(Session& session, const Outcome& o, domain::State from) {
    return session.execute(
               "UPDATE outcomes SET state = ?, provider_id = ?, class = ?, code = ?, text = ?, parts = ?, "
               "cost = ?, "
               "updated_at = ? WHERE message_id = ? AND state = ?",
               {std::int64_t{static_cast<int>(o.state)}, provider_id_or_null(o), o.cls, o.code, o.text,
                std::int64_t{o.parts}, o.cost, o.updated_at, o.message,
                std::int64_t{static_cast<int>(from)}}) == 1;
}

}  // namespace dakiya::store::outcomes

namespace dakiya::store::unsettled {

void insert(Session& session, std::span<const Unsettled> rows) {
    if (rows.empty()) return;
    std::vector<Value> values;
    for (const Unsettled& u : rows)
        values.insert(values.end(), {u.message, u.tenant, u.connection, u.due_at, std::int64_t{u.attempts}});
    session.insert_rows(
        "INSERT INTO unsettled (message_id, tenant_id, connection_id, due_at, attempts) VALUES", 5, values,
        unless_there(session.dialect(), "message_id"));
}

bool any_due(Session& session, std::int64_t now_ms) {
    return !session.query("SELECT message_id FROM unsettled WHERE due_at <= ? LIMIT 1", {now_ms}).empty();
}

std::vector<Unsettled> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit) {
    std::vector<Unsettled> rows;
    std::vector<Id> ids;
    for (const Row& row :
         session.query("SELECT message_id, tenant_id, connection_id, due_at, attempts FROM unsettled "
                       "WHERE due_at <= ? ORDER BY due_at LIMIT ?" +
                           for_update_of_free(session.dialect()),
                       {now_ms, std::int64_t{limit}})) {
        rows.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3),
                        static_cast<int>(row.integer(4))});
        ids.push_back(row.integer(0));
    }
    if (ids.empty()) return rows;
    std::vector<Value> values{until_ms};
    append_ids(values, ids);
    session.execute("UPDATE unsettled SET due_at = ? WHERE message_id IN " + placeholders(ids.size()),
                    values);
    return rows;
}

void reschedule(Session& session, const Unsettled& u) {
    session.execute("UPDATE unsettled SET due_at = ?, attempts = ? WHERE message_id = ?",
                    {u.due_at, std::int64_t{u.attempts}, u.message});
}

void remove(Session& session, std::span<const Id> messages) {
    if (messages.empty()) return;
    std::vector<Value> values;
    append_ids(values, messages);
    session.execute("DELETE FROM unsettled WHERE message_id IN " + placeholders(messages.size()), values);
}

}  // namespace dakiya::store::unsettled
