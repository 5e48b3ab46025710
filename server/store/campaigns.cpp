#include "store/campaigns.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "store/sql.hpp"

namespace dakiya::store {

namespace {

constexpr std::size_t text_limit = 500;  // bytes, of the column state_text

constexpr const char* columns =
    "id, tenant_id, name, state, state_text, connection_id, channel, content, audience, per_second, "
    "audience_cursor, materialised, next_chunk, n_recipients, n_skipped, scheduled_at, created_at, "
    "started_at, "
    "finished_at, version, plan, series_id, canary, canary_left, canary_ended_at, "
    "parent_id, step, follows, fallback, on_uncertain, sending_since";

Campaign from_row(const Row& row) {
    Campaign c;
    c.id = row.integer(0);
    c.tenant = row.integer(1);
    c.name = row.text(2);
    c.state = static_cast<domain::CampaignState>(row.integer(3));
    c.state_text = row.text(4);
    c.connection = row.integer(5);
    c.channel = row.text(6);
    c.content = row.text(7);
    c.audience = row.text(8);
    c.per_second = static_cast<int>(row.integer(9));
    c.audience_cursor = row.integer(10);
    c.materialised = row.integer(11) != 0;
    c.next_chunk = static_cast<int>(row.integer(12));
    c.n_recipients = row.integer(13);
    c.n_skipped = row.integer(14);
    c.scheduled_at = row.integer(15);
    c.created_at = row.integer(16);
    c.started_at = row.integer(17);
    c.finished_at = row.integer(18);
    c.version = row.integer(19);
    c.plan = row.text(20);
    c.series = row.integer(21);
    c.canary = static_cast<CanaryState>(row.integer(22));
    c.canary_left = row.integer(23);
    c.canary_ended_at = row.integer(24);
    c.parent = row.integer(25);
    c.step = static_cast<int>(row.integer(26));
    c.follows = static_cast<domain::Follows>(row.integer(27));
    c.fallback = row.text(28);
    c.on_uncertain = static_cast<domain::OnUncertain>(row.integer(29));
    c.sending_since = row.integer(30);
    return c;
}

std::vector<Campaign> from_rows(const Rows& rows) {
    std::vector<Campaign> campaigns;
    campaigns.reserve(rows.size());
    for (const Row& row : rows) campaigns.push_back(from_row(row));
    return campaigns;
}

// Cancelled is not among them: set_finished() says when its last chunk is closed.
bool ends_at_once(domain::CampaignState state) {
    return state == domain::CampaignState::completed || state == domain::CampaignState::failed;
}

// of: what else must hold, after the state; values: of state and `of`.
campaigns::Turn in_turn(Session& session, std::string_view of, const std::vector<Value>& values, int limit,
                        Id after) {
    const auto between = [&](Id from, Id to, int most) {
        std::vector<Value> all = values;
        all.insert(all.end(), {from, to, std::int64_t{most}});
        return from_rows(session.query("SELECT " + std::string(columns) +
                                           " FROM campaigns WHERE state = ? AND finished_at = 0" +
                                           std::string(of) + " AND id > ? AND id <= ? ORDER BY id LIMIT ?",
                                       all));
    };
    campaigns::Turn turn{between(after, std::numeric_limits<Id>::max(), limit)};
    if (const int room = limit - static_cast<int>(turn.campaigns.size()); after != 0 && room > 0) {
        auto first = between(0, after, room);
        std::move(first.begin(), first.end(), std::back_inserter(turn.campaigns));
    }
    if (static_cast<int>(turn.campaigns.size()) == limit) turn.last = turn.campaigns.back().id;
    return turn;
}

}  // namespace

namespace campaigns {

void create(Session& session, const Campaign& c) {
    session.execute("INSERT INTO campaigns (" + std::string(columns) +
                        ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                    {c.id,
                     c.tenant,
                     c.name,
                     std::int64_t{static_cast<int>(c.state)},
                     c.state_text,
                     c.connection,
                     c.channel,
                     c.content,
                     c.audience,
                     std::int64_t{c.per_second},
                     c.audience_cursor,
                     std::int64_t{c.materialised},
                     std::int64_t{c.next_chunk},
                     c.n_recipients,
                     c.n_skipped,
                     c.scheduled_at,
                     c.created_at,
                     c.started_at,
                     c.finished_at,
                     c.version,
                     text_or_null(c.plan),
                     c.series,
                     std::int64_t{static_cast<int>(c.canary)},
                     c.canary_left,
                     c.canary_ended_at,
                     c.parent,
                     std::int64_t{c.step},
                     std::int64_t{static_cast<int>(c.follows)},
                     text_or_null(c.fallback),
                     std::int64_t{static_cast<int>(c.on_uncertain)},
                     c.sending_since});
}

std::optional<Campaign> find(Session& session, Scope scope, Id id) {
    const Rows rows =
        session.query("SELECT " + std::string(columns) + " FROM campaigns WHERE id = ? AND tenant_id = ?",
                      {id, scope.tenant});
    if (rows.empty()) return std::nullopt;
    return from_row(rows.front());
}

std::optional<Campaign> find_locked(Session& session, Id id) {
    return first_row(session.query("SELECT " + std::string(columns) + " FROM campaigns WHERE id = ?" +
                                       for_update(session.dialect()),
                                   {id}),
                     from_row);
}

std::vector<Campaign> steps(Session& session, Scope scope, Id parent) {
    if (parent == 0) return {};
    return from_rows(session.query("SELECT " + std::string(columns) +
                                       " FROM campaigns WHERE parent_id = ? AND tenant_id = ? ORDER BY step",
                                   {parent, scope.tenant}));
}

std::vector<Campaign> list(Session& session, Scope scope, Id before, int limit) {
    if (before == 0) before = INT64_MAX;
    return from_rows(session.query(
        "SELECT " + std::string(columns) +
            " FROM campaigns WHERE tenant_id = ? AND id < ? AND parent_id = 0 ORDER BY id DESC LIMIT ?",
        {scope.tenant, before, std::int64_t{limit}}));
}

std::vector<Campaign> routes_due(Session& session, std::int64_t now_ms, int limit) {
    return from_rows(session.query(
        "SELECT " + std::string(columns) +
            " FROM campaigns WHERE state = ? AND finished_at = 0 AND parent_id = 0 AND fallback IS NOT NULL "
            "AND EXISTS (SELECT 1 FROM fallbacks WHERE route_id = campaigns.id AND due_at <= ?) "
            "ORDER BY id LIMIT ?",
        {std::int64_t{static_cast<int>(domain::CampaignState::sending)}, now_ms, std::int64_t{limit}}));
}

std::vector<Campaign> with_steps_left(Session& session, std::span<const Id> ids) {
    if (ids.empty()) return {};
    std::vector<Value> values;
    append_ids(values, ids);
    return from_rows(session.query("SELECT " + std::string(columns) +
                                       " FROM campaigns WHERE fallback IS NOT NULL AND id IN " +
                                       placeholders(ids.size()),
                                   values));
}

bool any_to_work_on(Session& session, std::int64_t now_ms) {
    using domain::CampaignState;
    const auto number = [](CampaignState state) { return std::int64_t{static_cast<int>(state)}; };
    return !session
                .query(
                    "SELECT id FROM campaigns WHERE finished_at = 0 AND state IN (?, ?, ?) AND "
                    "(state <> ? OR scheduled_at <= ?) LIMIT 1",
                    {number(CampaignState::sending), number(CampaignState::cancelled),
                     number(CampaignState::scheduled), number(CampaignState::scheduled), now_ms})
                .empty();
}

std::vector<Campaign> to_start(Session& session, std::int64_t now_ms, int limit) {
    return from_rows(session.query(
        "SELECT " + std::string(columns) +
            " FROM campaigns WHERE state = ? AND finished_at = 0 AND scheduled_at <= ? "
            "ORDER BY scheduled_at, id LIMIT ?",
        {std::int64_t{static_cast<int>(domain::CampaignState::scheduled)}, now_ms, std::int64_t{limit}}));
}

Turn in_state(Session& session, domain::CampaignState state, int limit, Id after) {
    return in_turn(session, "", {std::int64_t{static_cast<int>(state)}}, limit, after);
}

Turn with_open_chunks(Session& session, std::int64_t now_ms, int limit, Id after) {
    return in_turn(
        session,
        " AND EXISTS (SELECT 1 FROM campaign_chunks WHERE campaign_id = campaigns.id AND done = 0 AND "
        "(intent_id > cursor_id OR (not_before <= ? AND (closes_at = 0 OR closes_at > ?))))",
        {std::int64_t{static_cast<int>(domain::CampaignState::sending)}, now_ms, now_ms}, limit, after);
}

std::vector<Campaign> under_way(Session& session, Scope scope) {
    using domain::CampaignState;
    const auto number = [](CampaignState state) { return std::int64_t{static_cast<int>(state)}; };
    return from_rows(session.query("SELECT " + std::string(columns) +
                                       " FROM campaigns WHERE state IN (?, ?, ?) AND finished_at = 0 AND "
                                       "tenant_id + 0 = ? ORDER BY id",
                                   {number(CampaignState::scheduled), number(CampaignState::sending),
                                    number(CampaignState::paused), scope.tenant}));
}

bool update_draft(Session& session, const Campaign& c) {
    return session.execute(
               "UPDATE campaigns SET name = ?, connection_id = ?, channel = ?, content = ?, audience = ?, "
               "per_second = ?, scheduled_at = ?, plan = ?, fallback = ?, on_uncertain = ?, "
               "version = version + 1 WHERE id = ? AND tenant_id = ? AND version = ? AND state = ?",
               {c.name, c.connection, c.channel, c.content, c.audience, std::int64_t{c.per_second},
                c.scheduled_at, text_or_null(c.plan), text_or_null(c.fallback),
                std::int64_t{static_cast<int>(c.on_uncertain)}, c.id, c.tenant, c.version,
                std::int64_t{static_cast<int>(domain::CampaignState::draft)}}) == 1;
}

bool remove_draft(Session& session, const Campaign& c) {
    return session.execute(
               "DELETE FROM campaigns WHERE id = ? AND tenant_id = ? AND version = ? AND state = ?",
               {c.id, c.tenant, c.version, std::int64_t{static_cast<int>(domain::CampaignState::draft)}}) ==
           1;
}

bool set_state(Session& session, const Campaign& c, domain::CampaignState next, std::string_view text,
               std::int64_t now_ms) {
    const bool sends = next == domain::CampaignState::sending;
    const std::int64_t started = c.started_at == 0 && sends ? now_ms : c.started_at;
    const std::int64_t finished = ends_at_once(next) ? now_ms : 0;
    return session.execute(
               "UPDATE campaigns SET state = ?, state_text = ?, started_at = ?, finished_at = ?, "
               "sending_since = ?, "
               "version = version + 1 WHERE id = ? AND tenant_id = ? AND version = ?",
               {std::int64_t{static_cast<int>(next)}, std::string(utf8_prefix(text, text_limit)), started,
                finished, sends ? now_ms : c.sending_since, c.id, c.tenant, c.version}) == 1;
}

void reopen(Session& session, Id campaign) {
    session.execute(
        "UPDATE campaigns SET state = ?, finished_at = 0, version = version + 1 WHERE id = ? AND state = ?",
        {std::int64_t{static_cast<int>(domain::CampaignState::sending)}, campaign,
         std::int64_t{static_cast<int>(domain::CampaignState::completed)}});
}

bool set_finished(Session& session, const Campaign& c, std::int64_t now_ms) {
    return session.execute(
               "UPDATE campaigns SET finished_at = ?, version = version + 1 "
               "WHERE id = ? AND tenant_id = ? AND version = ?",
               {now_ms, c.id, c.tenant, c.version}) == 1;
}

bool add_page(Session& session, const Campaign& c, Id audience_cursor, bool last, int chunks,
              std::int64_t recipients, std::int64_t skipped) {
    const std::int64_t of_canary =
        c.canary == CanaryState::under_way ? std::min(c.canary_left, recipients - skipped) : 0;
    return session.execute(
               "UPDATE campaigns SET audience_cursor = ?, materialised = ?, next_chunk = next_chunk + ?, "
               "n_recipients = n_recipients + ?, n_skipped = n_skipped + ?, canary_left = canary_left - ?, "
               "version = version + 1 WHERE id = ? AND tenant_id = ? AND version = ?",
               {audience_cursor, std::int64_t{last}, std::int64_t{chunks}, recipients, skipped, of_canary,
                c.id, c.tenant, c.version}) == 1;
}

bool set_canary(Session& session, const Campaign& c) {
    return session.execute(
               "UPDATE campaigns SET canary = ?, canary_left = ?, canary_ended_at = ?, version = version + 1 "
               "WHERE id = ? AND tenant_id = ? AND version = ?",
               {std::int64_t{static_cast<int>(c.canary)}, c.canary_left, c.canary_ended_at, c.id, c.tenant,
                c.version}) == 1;
}

bool set_scheduled_at(Session& session, const Campaign& c, std::int64_t scheduled_at) {
    return session.execute(
               "UPDATE campaigns SET scheduled_at = ?, version = version + 1 "
               "WHERE id = ? AND tenant_id = ? AND version = ?",
               {scheduled_at, c.id, c.tenant, c.version}) == 1;
}

std::optional<Pulse> pulse(Session& session, Id campaign) {
    const Rows rows =
        session.query("SELECT state, per_second, follows FROM campaigns WHERE id = ?", {campaign});
    if (rows.empty()) return std::nullopt;
    return Pulse{static_cast<domain::CampaignState>(rows.front().integer(0)),
                 static_cast<int>(rows.front().integer(1)),
                 static_cast<domain::Follows>(rows.front().integer(2))};
}

std::optional<domain::CampaignState> locked_state(Session& session, Id campaign) {
    return first_row(
        session.query("SELECT state FROM campaigns WHERE id = ?" + for_update(session.dialect()), {campaign}),
        [](const Row& row) { return static_cast<domain::CampaignState>(row.integer(0)); });
}

// Not fenced by the version: the engine raises it with every page of the audience, and would turn people
// away.
bool set_pace(Session& session, const Campaign& c, int per_second) {
    const auto number = [](domain::CampaignState state) { return std::int64_t{static_cast<int>(state)}; };
    const auto set_of = [&](std::string_view column) {
        return session.execute(
            "UPDATE campaigns SET per_second = ?, version = version + 1 WHERE " + std::string(column) +
                " = ? AND tenant_id = ? AND state IN (?, ?, ?)",
            {std::int64_t{per_second}, c.id, c.tenant, number(domain::CampaignState::scheduled),
             number(domain::CampaignState::sending), number(domain::CampaignState::paused)});
    };
    if (set_of("id") == 0) return false;
    if (!c.fallback.empty()) set_of("parent_id");
    return true;
}

CampaignStats stats(Session& session, Scope scope, const Campaign& c) {
    using domain::State;
    CampaignStats stats;
    stats.total = c.n_recipients;
    // Chunks, not recipients: a thousandth of the campaign's size.
    const Rows totals = session.query(
        "SELECT SUM(n_skipped), SUM(n_sent), SUM(n_failed), SUM(n_uncertain), SUM(n_cancelled) "
        "FROM campaign_chunks WHERE campaign_id = ? AND tenant_id = ?",
        {c.id, scope.tenant});
    if (!totals.empty()) {
        const Row& row = totals.front();
        stats.by_state = {{State::skipped, row.integer(0)},
                          {State::sent, row.integer(1)},
                          {State::failed, row.integer(2)},
                          {State::uncertain, row.integer(3)},
                          {State::cancelled, row.integer(4)}};
    }
    for (const Row& row : session.query("SELECT state, n FROM campaign_deltas WHERE campaign_id = ?", {c.id}))
        stats.by_state[static_cast<State>(row.integer(0))] += row.integer(1);
    std::int64_t settled = 0;
    for (const auto& [state, n] : stats.by_state) settled += n;
    stats.by_state[State::queued] += stats.total - settled;
    std::erase_if(stats.by_state, [](const auto& entry) { return entry.second == 0; });

    for (const Row& row : session.query("SELECT state, reason, n FROM campaign_reasons WHERE campaign_id = ? "
                                        "ORDER BY n DESC, reason LIMIT 200",
                                        {c.id}))
        stats.reasons.push_back({static_cast<State>(row.integer(0)), row.text(1), row.integer(2)});
    return stats;
}

void add_reasons(Session& session, Id campaign, const ReasonCounts& counts) {
    if (counts.empty()) return;
    std::vector<Value> values;
    for (const auto& [key, n] : counts) {
        values.insert(values.end(), {campaign, std::int64_t{static_cast<int>(key.first)}, key.second, n});
    }
    const Dialect dialect = session.dialect();
    session.insert_rows(
        "INSERT INTO campaign_reasons (campaign_id, state, reason, n) VALUES", 4, values,
        upsert(dialect, "campaign_id, state, reason") + "n = campaign_reasons.n + " + incoming(dialect, "n"));
}

void add_deltas(Session& session, Id campaign, const StateCounts& deltas) {
    std::vector<Value> values;
    for (const auto& [state, n] : deltas)
        if (n != 0) values.insert(values.end(), {campaign, std::int64_t{static_cast<int>(state)}, n});
    if (values.empty()) return;
    const Dialect dialect = session.dialect();
    session.insert_rows(
        "INSERT INTO campaign_deltas (campaign_id, state, n) VALUES", 3, values,
        upsert(dialect, "campaign_id, state") + "n = campaign_deltas.n + " + incoming(dialect, "n"));
}

}  // namespace campaigns

}  // namespace dakiya::store
