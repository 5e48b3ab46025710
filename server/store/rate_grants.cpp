#include "store/rate_grants.hpp"

#include "store/sql.hpp"

namespace dakiya::store::rate_grants {

namespace {

using domain::Micros;
using domain::Pace;

// No longer key fits; providers' scopes are numbers and names.
constexpr std::size_t longest_key = 190;

Pace from_row(const Row& row) {
    Pace pace;
    pace.published = row.real(0);
    pace.configured = row.real(1);
    pace.rate = row.real(2);
    pace.next = row.integer(3);
    pace.blocked_until = row.integer(4);
    pace.slowed_at = row.integer(5);
    pace.at = row.integer(6);
    return pace;
}

std::optional<Pace> locked(Session& session, const std::string& key) {
    return first_row(session.query("SELECT published, per_second, rate, next_slot, blocked_until, slowed_at, "
                                   "reckoned_at FROM rate_grants WHERE limit_key = ?" +
                                       for_update(session.dialect()),
                                   {key}),
                     from_row);
}

}  // namespace

Micros now(Session& session, const Clock& clock) {
    if (session.dialect() == Dialect::sqlite) return clock.now_ms() * 1'000;
    // Not UNIX_TIMESTAMP: it goes by the session's zone, and an hour is there twice when summer ends.
    return session.query("SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))")
        .at(0)
        .integer(0);
}

void update(Session& session, const Clock& clock, const std::string& whole_key, const Change& change) {
    const std::string key = whole_key.substr(0, longest_key);
    auto found = locked(session, key);
    if (!found) {
        session.execute(
            "INSERT INTO rate_grants (limit_key, published, per_second, rate, next_slot, "
            "blocked_until, slowed_at, reckoned_at) VALUES (?, 0, 0, 0, 0, 0, 0, 0)" +
                unless_there(session.dialect(), "limit_key"),
            {key});
        found = locked(session, key);
    }
    const Pace before = found.value();
    Pace after = before;
    change(after, now(session, clock));  // the time only now, for others may have kept the row for a while
    if (after == before) return;
    session.execute(
        "UPDATE rate_grants SET published = ?, per_second = ?, rate = ?, next_slot = ?, "
        "blocked_until = ?, slowed_at = ?, reckoned_at = ? WHERE limit_key = ?",
        {after.published, after.configured, after.rate, after.next, after.blocked_until, after.slowed_at,
         after.at, key});
}

std::uint64_t forget(Session& session, Micros before, int limit) {
    std::vector<std::string> keys;
    for (const Row& row : session.query(
             "SELECT limit_key FROM rate_grants WHERE reckoned_at < ? LIMIT " + std::to_string(limit),
             {before}))
        keys.push_back(row.text(0));
    if (keys.empty()) return 0;
    std::vector<Value> values;
    append_texts(values, keys);
    values.emplace_back(before);
    return session.execute(
        "DELETE FROM rate_grants WHERE limit_key IN " + placeholders(keys.size()) + " AND reckoned_at < ?",
        values);
}

}  // namespace dakiya::store::rate_grants
