#include "store/messages.hpp"

#include <algorithm>
#include <utility>

#include "domain/campaign.hpp"
#include "domain/outcome.hpp"
#include "store/own_ranges.hpp"
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

std::vector<Message> from_rows(const Rows& rows) {
    std::vector<Message> list;
    list.reserve(rows.size());
    for (const Row& row : rows) list.push_back(from_row(row));
    return list;
}

// Does the whole list cost no more than what it shows? Else messages are looked through that are not shown.
bool looks_through(const MessageFilter& filter) {
    return filter.state || !filter.cls.empty() || !filter.reason.empty();
}

bool wanted(const MessageFilter& filter, const MessageView& v) {
    const Outcome none;
    const Outcome& outcome = v.outcome ? *v.outcome : none;
    if (filter.state && v.state != *filter.state) return false;
    if (!filter.cls.empty() && outcome.cls != filter.cls) return false;
    return filter.reason.empty() || v.message.reason == filter.reason ||
           (v.state == State::failed && domain::failure_reason(outcome.cls, outcome.code) == filter.reason);
}

// What of a filter the database can see. It narrows only: wanted() decides.
void narrow(const MessageFilter& filter, std::string& where, std::vector<Value>& values) {
    const auto add = [&](std::string_view condition, Value value) {
        where.append("AND ").append(condition).append(" ");
        values.push_back(std::move(value));
    };
    if (filter.campaign != 0) add("m.campaign_id = ?", filter.campaign);
    if (!filter.address.empty()) add("m.address = ?", filter.address);
    if (!filter.cls.empty()) add("o.class = ?", filter.cls);
    if (!filter.reason.empty()) {
        add("(m.reason = ? OR o.state = ?)", filter.reason);
        values.emplace_back(std::int64_t{static_cast<int>(State::failed)});
    }
    if (!filter.state) return;
    const std::int64_t state = static_cast<int>(*filter.state);
    switch (*filter.state) {
        case State::uncertain:
        case State::sent:
        case State::delivered:
        case State::read:
        case State::failed:
            return add("o.state = ?", state);
        case State::skipped:
        case State::received:
            return add("m.state = ?", state);
        case State::queued:
        case State::cancelled:
        case State::sending:
            return add("(o.state = ? OR o.message_id IS NULL)", state);
    }
}

// Looks through ranges of ids, one after the other, until a page is full.
class Walk {
public:
    // `tenant`: how the rows' tenant is named (own_rows when the ranges are of one tenant).
    Walk(Session& session, Scope scope, const MessageFilter& filter, Order order, std::string_view tenant,
         int limit)
        : session_(session),
          scope_(scope),
          filter_(filter),
          order_(order),
          tenant_(tenant),
          limit_(static_cast<std::size_t>(limit)) {}

    // False: the page is full, or enough was looked at.
    bool look(Id first, Id last) {
        while (!full_) {
            const std::size_t room = limit_ + 1 - page_.rows.size();  // one more tells that there is more
            const std::size_t most = looks_through(filter_) ? std::max(room, at_a_time) : room;
            const Rows rows = query(first, last, most);
            for (const Row& row : rows) take(view_from_row(row));
            if (rows.size() < most || full_) break;
            (order_ == Order::newest_first ? last : first) =
                rows.back().integer(0) + (order_ == Order::newest_first ? -1 : 1);
        }
        return !full_;
    }

    // After a range was looked at: whether the next one must wait for another call, which goes on at `from`.
    bool enough(std::size_t looked_at, Id from) {
        looked_at_ += looked_at;
        if (!looks_through(filter_) || looked_at_ < std::max(most_looked_at, limit_)) return false;
        page_.next = from;
        return true;
    }

    // Rows of the page until now.
    std::int64_t size() const { return static_cast<std::int64_t>(page_.rows.size()); }
    MessagePage page() && { return std::move(page_); }

private:
    static constexpr std::size_t at_a_time = 500;
    static constexpr std::size_t most_looked_at = 20'000;  // some 50 ms

    Rows query(Id first, Id last, std::size_t most) {
        std::string where = "WHERE m." + std::string(tenant_) + " AND m.id BETWEEN ? AND ? ";
        std::vector<Value> values{scope_.tenant, first, last};
        narrow(filter_, where, values);
        values.emplace_back(static_cast<std::int64_t>(most));
        return session_.query(std::string(select_message) + view_columns + "FROM messages m " + view_joins +
                                  where + "ORDER BY m.id " +
                                  (order_ == Order::newest_first ? "DESC" : "ASC") + " LIMIT ?",
                              values);
    }

    void take(MessageView v) {
        if (full_ || !wanted(filter_, v)) return;
        full_ = page_.rows.size() == limit_;
        if (full_)
            page_.next = page_.rows.back().message.id;
        else
            page_.rows.push_back(std::move(v));
    }

    Session& session_;
    Scope scope_;
    const MessageFilter& filter_;
    Order order_;
    std::string_view tenant_;
    std::size_t limit_;
    std::size_t looked_at_ = 0;
    bool full_ = false;
    MessagePage page_;
};

// The chunks say where a campaign's messages lie, so this goes along the primary key.
MessagePage of_campaign(Session& session, Scope scope, const MessageFilter& filter, Order order, Id from,
                        int limit) {
    constexpr std::size_t at_once = 20;
    const bool newest_first = order == Order::newest_first;
    const std::string chunks = "SELECT first_id, last_id FROM campaign_chunks WHERE campaign_id = ? AND " +
                               std::string(own_rows) +
                               (newest_first ? " AND first_id < ? ORDER BY no DESC LIMIT ?"
                                             : " AND last_id > ? ORDER BY no LIMIT ?");
    Walk walk(session, scope, filter, order, own_rows, limit);
    for (;;) {
        const Rows ranges =
            session.query(chunks, {filter.campaign, scope.tenant, from, static_cast<std::int64_t>(at_once)});
        for (const Row& range : ranges) {
            const Id first = range.integer(0), last = range.integer(1);
            if (!walk.look(newest_first ? first : std::max(first, from + 1),
                           newest_first ? std::min(last, from - 1) : last))
                return std::move(walk).page();
            from = newest_first ? first : last;
            if (walk.enough(static_cast<std::size_t>(last - first + 1), from)) return std::move(walk).page();
        }
        if (ranges.size() < at_once) return std::move(walk).page();
    }
}

// A tenant's messages to one address: they have their own index.
MessagePage to_address(Session& session, Scope scope, const MessageFilter& filter, Id before, int limit) {
    Walk walk(session, scope, filter, Order::newest_first, "tenant_id = ?", limit);
    walk.look(1, before - 1);
    return std::move(walk).page();
}

// All of a tenant.
MessagePage of_tenant(Session& session, Scope scope, const MessageFilter& filter, Id from, int limit) {
    const std::string tenant = own_page(session.dialect());
    const std::string count = "SELECT COUNT(*) FROM messages WHERE " + tenant + " AND id BETWEEN ? AND ?";
    Walk walk(session, scope, filter, Order::newest_first, tenant, limit);
    walk_own_ranges(
        session, "messages", scope, Order::newest_first, from,
        [&](Id first, Id last) -> std::optional<std::int64_t> {
            const std::int64_t before = walk.size();
            if (!walk.look(first, last)) return std::nullopt;
            if (!looks_through(filter)) return walk.size() - before;
            const auto held = session.query(count, {scope.tenant, first, last}).front().integer(0);
            if (walk.enough(static_cast<std::size_t>(held), first)) return std::nullopt;
            return held;
        });
    return std::move(walk).page();
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

std::vector<MessageView> find_many(Session& session, Scope scope, std::span<const Id> ids) {
    if (ids.empty()) return {};
    std::vector<Value> values{scope.tenant};
    append_ids(values, ids);
    return map_rows(
        session.query(std::string(select_message) + view_columns + "FROM messages m " + view_joins +
                          "WHERE m.tenant_id + 0 = ? AND m.id IN " + placeholders(ids.size()),
                      values),
        view_from_row);
}

MessagePage list(Session& session, Scope scope, const MessageFilter& filter, Id before, int limit) {
    const Id from = below(before);
    if (!filter.address.empty()) return to_address(session, scope, filter, from, limit);
    if (filter.campaign == 0) return of_tenant(session, scope, filter, from, limit);
    return of_campaign(session, scope, filter, Order::newest_first, from, limit);
}

MessagePage recipients(Session& session, Scope scope, const MessageFilter& filter, Id after, int limit) {
    return of_campaign(session, scope, filter, Order::oldest_first, after, limit);
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
        "INSERT INTO events (message_id, dedupe, tenant_id, kind, state, class, code, text, at, received_at) "
        "VALUES",
        10, values, unless_there(session.dialect(), "message_id"));
}

}  // namespace dakiya::store::messages
