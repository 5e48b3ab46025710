#include "store/messages.hpp"

#include "domain/campaign.hpp"
#include "store/sql.hpp"

namespace dakiya::store::messages {

namespace {

using domain::State;

constexpr const char* columns =
    "id, tenant_id, origin, campaign_id, connection_id, contact_id, channel, address, state, reason, params, "
    "content, created_at, after_id";

// The same of `messages m`, where others are joined to it.
constexpr const char* select_message =
    "SELECT m.id, m.tenant_id, m.origin, m.campaign_id, m.connection_id, m.contact_id, m.channel, m.address, "
    "m.state, m.reason, m.params, m.content, m.created_at, m.after_id";
constexpr std::size_t message_columns = 14;

// What else decides how a message looks: its outcome, whether an attempt runs or waits in the queue, and
// whether its campaign was cancelled.
constexpr const char* view_columns =
    ", o.state, o.provider_id, o.class, o.code, o.text, o.parts, o.cost, o.attempts, o.sent_at, "
    "o.updated_at, "
    "q.marked, c.state ";
constexpr const char* view_joins =
    "LEFT JOIN outcomes o ON o.message_id = m.id LEFT JOIN queue q ON q.message_id = m.id "
    "LEFT JOIN campaigns c ON c.id = m.campaign_id ";

Message from_row(const Row& row) {
    Message m;
    m.id = row.integer(0);
    m.tenant = row.integer(1);
    m.origin = static_cast<domain::Origin>(row.integer(2));
    m.campaign = row.integer(3);
    m.connection = row.integer(4);
    m.contact = row.integer(5);
    m.channel = row.text(6);
    m.address = row.text(7);
    m.state = static_cast<State>(row.integer(8));
    m.reason = row.text(9);
    m.params = row.text(10);
    m.content = row.text(11);
    m.created_at = row.integer(12);
    m.after = row.integer(13);
    return m;
}

State state_of(const MessageView& v, bool marked, const Row& row) {
    if (v.outcome) return v.outcome->state;
    if (marked) return State::sending;
    const bool cancelled = !row.null(25) && static_cast<domain::CampaignState>(row.integer(25)) ==
                                                domain::CampaignState::cancelled;
    if (v.message.state == State::queued && cancelled) return State::cancelled;
    return v.message.state;
}

MessageView view_from_row(const Row& row) {
    MessageView v;
    v.message = from_row(row);
    if (!row.null(14)) {
        Outcome o;
        o.message = v.message.id;
        o.tenant = v.message.tenant;
        o.campaign = v.message.campaign;
        o.state = static_cast<State>(row.integer(14));
        o.provider_id = row.text(15);
        o.cls = row.text(16);
        o.code = row.text(17);
        o.text = row.text(18);
        o.parts = static_cast<int>(row.integer(19));
        o.cost = row.integer(20);
        o.attempts = static_cast<int>(row.integer(21));
        o.sent_at = row.integer(22);
        o.updated_at = row.integer(23);
        v.outcome = std::move(o);
    }
    v.state = state_of(v, row.integer(24) == 1, row);
    return v;
}

// Filtering by state needs the joined view, so pages are scanned until enough match. The scan is bounded:
// a caller that gets fewer than it asked for goes on from the last id that it was given.
constexpr int scan_page = 1000;

template <class Fetch>
std::vector<MessageView> filtered(std::optional<State> state, int limit, Id from, const Fetch& fetch) {
    if (!state) return fetch(from, limit);
    std::vector<MessageView> matching;
    for (;;) {
        std::vector<MessageView> page = fetch(from, scan_page);
        const bool last = page.size() < static_cast<std::size_t>(scan_page);
        for (MessageView& v : page) {
            from = v.message.id;
            if (v.state != *state) continue;
            matching.push_back(std::move(v));
            if (matching.size() == static_cast<std::size_t>(limit)) return matching;
        }
        if (last) return matching;
    }
}

std::vector<MessageView> views(const Rows& rows) {
    std::vector<MessageView> list;
    list.reserve(rows.size());
    for (const Row& row : rows) list.push_back(view_from_row(row));
    return list;
}

std::vector<Message> from_rows(const Rows& rows) {
    std::vector<Message> list;
    list.reserve(rows.size());
    for (const Row& row : rows) list.push_back(from_row(row));
    return list;
}

}  // namespace

void insert(Session& session, std::span<const Message> list) {
    if (list.empty()) return;
    std::vector<Value> values;
    values.reserve(list.size() * 14);
    for (const Message& m : list) {
        const Value content = m.content.empty() ? Value(nullptr) : Value(m.content);
        values.insert(values.end(),
                      {m.id, m.tenant, std::int64_t{static_cast<int>(m.origin)}, m.campaign, m.connection,
                       m.contact, m.channel, m.address, std::int64_t{static_cast<int>(m.state)}, m.reason,
                       m.params, content, m.created_at, m.after});
    }
    session.insert_rows("INSERT INTO messages (" + std::string(columns) + ") VALUES", 14, values);
}

std::optional<MessageView> find(Session& session, Scope scope, Id id) {
    const Rows rows = session.query(std::string(select_message) + view_columns + "FROM messages m " +
                                        view_joins + "WHERE m.id = ? AND m.tenant_id = ?",
                                    {id, scope.tenant});
    if (rows.empty()) return std::nullopt;
    return view_from_row(rows.front());
}

std::vector<MessageView> list(Session& session, Scope scope, const MessageFilter& filter, Id before,
                              int limit) {
    const auto fetch = [&](Id below, int count) {
        std::string where = "WHERE m.tenant_id = ? AND m.id < ? ";
        std::vector<Value> values{scope.tenant, below};
        if (filter.campaign != 0) {
            where += "AND m.campaign_id = ? ";
            values.emplace_back(filter.campaign);
        }
        if (!filter.address.empty()) {
            where += "AND m.address = ? ";
            values.emplace_back(filter.address);
        }
        values.emplace_back(std::int64_t{count});
        return views(session.query(std::string(select_message) + view_columns + "FROM messages m " +
                                       view_joins + where + "ORDER BY m.id DESC LIMIT ?",
                                   values));
    };
    return filtered(filter.state, limit, before == 0 ? INT64_MAX : before, fetch);
}

std::vector<MessageView> recipients(Session& session, Scope scope, Id campaign, std::optional<State> state,
                                    Id after, int limit) {
    // The chunks say where the campaign's messages lie, so this is a walk along the primary key.
    const auto fetch = [&](Id above, int count) {
        return views(session.query(
            std::string(select_message) + view_columns +
                "FROM campaign_chunks k JOIN messages m ON m.id BETWEEN k.first_id AND k.last_id " +
                view_joins +
                "WHERE k.campaign_id = ? AND k.tenant_id = ? AND k.last_id > ? AND m.id > ? AND "
                "m.campaign_id = ? "
                "ORDER BY m.id LIMIT ?",
            {campaign, scope.tenant, above, above, campaign, std::int64_t{count}}));
    };
    return filtered(state, limit, after, fetch);
}

// One walk along the primary key that looks into three others. Lists of a thousand ids and addresses took
// MariaDB three times as long, and us as well.
std::vector<Unattempted> unattempted(Session& session, Id from, Id last) {
    if (from > last) return {};
    return map_rows(
        session.query(
            std::string(select_message) +
                ", s.address FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id "
                "LEFT JOIN queue q ON q.message_id = m.id LEFT JOIN suppressions s ON s.tenant_id = "
                "m.tenant_id AND s.channel = m.channel AND s.address = m.address "
                "WHERE m.id BETWEEN ? AND ? AND m.state = ? AND o.message_id IS NULL AND "
                "q.message_id IS NULL ORDER BY m.id",
            {from, last, std::int64_t{static_cast<int>(State::queued)}}),
        [](const Row& row) {
            return Unattempted{from_row(row), !row.null(message_columns)};
        });
}

std::vector<Message> by_ids(Session& session, std::span<const Id> ids) {
    if (ids.empty()) return {};
    std::vector<Value> values;
    append_ids(values, ids);
    return from_rows(session.query(
        "SELECT " + std::string(columns) + " FROM messages WHERE id IN " + placeholders(ids.size()), values));
}

std::vector<Message> followers(Session& session, std::span<const Id> ids) {
    if (ids.empty()) return {};
    std::vector<Value> values;
    append_ids(values, ids);
    return from_rows(session.query("SELECT " + std::string(columns) +
                                       " FROM messages WHERE after_id <> 0 AND id IN " +
                                       placeholders(ids.size()),
                                   values));
}

std::vector<MessageEvent> events(Session& session, Scope scope, Id message) {
    std::vector<MessageEvent> list;
    for (const Row& row :
         session.query("SELECT message_id, tenant_id, dedupe, kind, state, class, code, text, at, "
                       "received_at FROM events "
                       "WHERE message_id = ? AND tenant_id = ? ORDER BY at, received_at, state LIMIT 500",
                       {message, scope.tenant}))
        list.push_back({row.integer(0), row.integer(1), row.text(2), row.text(3),
                        static_cast<State>(row.integer(4)), row.text(5), row.text(6), row.text(7),
                        row.integer(8), row.integer(9)});
    return list;
}

void insert_events(Session& session, std::span<const MessageEvent> list) {
    if (list.empty()) return;
    std::vector<Value> values;
    values.reserve(list.size() * 10);
    for (const MessageEvent& e : list)
        values.insert(values.end(),
                      {e.message, e.dedupe, e.tenant, e.kind, std::int64_t{static_cast<int>(e.state)}, e.cls,
                       e.code, e.text, e.at, e.received_at});
    session.insert_rows(
        insert_ignore(session.dialect()) +
            " events (message_id, dedupe, tenant_id, kind, state, class, code, text, at, received_at) VALUES",
        10, values);
}

}  // namespace dakiya::store::messages
