#include "store/portfolios.hpp"

#include <algorithm>

#include "store/ids.hpp"
#include "store/sql.hpp"

namespace dakiya::store::portfolios {

namespace {

std::optional<Portfolio> find(Session& session, Scope scope, std::string_view name, Id connection) {
    return first_row(
        session.query("SELECT p.id, p.per_day FROM portfolios p JOIN portfolio_connections c ON "
                      "c.portfolio_id = p.id WHERE p.tenant_id = ? AND p.name = ? AND c.connection_id = ?" +
                          for_update(session.dialect()),
                      {scope.tenant, std::string(name), connection}),
        [](const Row& row) {
            return Portfolio{row.integer(0), row.integer(1)};
        });
}

void add(Session& session, Id portfolio, std::int64_t slot, std::int64_t people) {
    if (session.execute("UPDATE portfolio_slots SET people = people + ? WHERE portfolio_id = ? AND slot = ?",
                        {people, portfolio, slot}) == 0 &&
        people > 0)
        session.execute("INSERT INTO portfolio_slots (portfolio_id, slot, people) VALUES (?, ?, ?)",
                        {portfolio, slot, people});
}

}  // namespace

Portfolio with(Session& session, Scope scope, std::string_view name, Id connection) {
    if (const auto known = find(session, scope, name, connection)) return *known;
    const std::string text(name);
    session.execute("INSERT INTO portfolios (id, tenant_id, name, per_day) VALUES (?, ?, ?, 0)" +
                        unless_there(session.dialect(), "id"),
                    {reserve_ids(session, 1), scope.tenant, text});
    session.execute(
        "INSERT INTO portfolio_connections (connection_id, portfolio_id) SELECT ?, id FROM portfolios WHERE "
        "tenant_id = ? AND name = ?" +
            overwrite(session.dialect(), "connection_id", {"portfolio_id"}),
        {connection, scope.tenant, text});
    return *find(session, scope, name, connection);
}

void set_limit(Session& session, Id portfolio, std::int64_t per_day) {
    session.execute("UPDATE portfolios SET per_day = ? WHERE id = ?", {per_day, portfolio});
}

bool set_limit_of(Session& session, Scope scope, Id connection, std::int64_t per_day) {
    return session.execute(
               "UPDATE portfolios SET per_day = ? WHERE tenant_id = ? AND per_day <> ? AND id = (SELECT "
               "portfolio_id FROM portfolio_connections WHERE connection_id = ?)",
               {per_day, scope.tenant, per_day, connection}) == 1;
}

Slots slots(Session& session, Id portfolio, std::span<const std::string> addresses, std::int64_t from_slot) {
    Slots found;
    if (addresses.empty()) return found;
    std::vector<Value> values{portfolio, from_slot};
    append_texts(values, addresses);
    for (const Row& row :
         session.query("SELECT address, slot FROM portfolio_people WHERE portfolio_id = ? AND "
                       "slot >= ? AND address IN " +
                           placeholders(addresses.size()),
                       values))
        found.emplace(row.text(0), row.integer(1));
    return found;
}

InUse in_use(Session& session, Id portfolio, std::int64_t from_slot) {
    InUse sum;
    for (const Row& row :
         session.query("SELECT slot, people FROM portfolio_slots WHERE portfolio_id = ? AND slot >= ? AND "
                       "people > 0 ORDER BY slot",
                       {portfolio, from_slot})) {
        if (sum.people == 0) sum.oldest = row.integer(0);
        sum.people += row.integer(1);
    }
    return sum;
}

void enter(Session& session, Id portfolio, std::span<const std::string> addresses, const Slots& before,
           std::int64_t slot) {
    std::map<std::int64_t, std::int64_t> change;  // by slot
    std::vector<Value> values;
    for (const std::string& address : std::set<std::string>(addresses.begin(), addresses.end())) {
        values.insert(values.end(), {portfolio, address, slot});
        ++change[slot];
        if (const auto old = before.find(address); old != before.end()) --change[old->second];
    }
    if (values.empty()) return;
    session.insert_rows("INSERT INTO portfolio_people (portfolio_id, address, slot) VALUES", 3, values,
                        overwrite(session.dialect(), "portfolio_id, address", {"slot"}));
    for (const auto& [at, people] : change)
        if (people != 0) add(session, portfolio, at, people);
}

void enter_again(Session& session, std::span<const Id> messages, std::int64_t slot) {
    if (messages.empty()) return;
    std::vector<Value> ids;
    append_ids(ids, messages);
    const std::string of_these = "m.id IN " + placeholders(messages.size());
    const auto portfolios = map_rows(
        session.query("SELECT DISTINCT c.portfolio_id FROM messages m JOIN portfolio_connections c ON "
                      "c.connection_id = m.connection_id WHERE " +
                          of_these + " ORDER BY c.portfolio_id",
                      ids),
        [](const Row& row) { return row.integer(0); });
    for (const Id portfolio : portfolios) {
        session.query("SELECT id FROM portfolios WHERE id = ?" + for_update(session.dialect()), {portfolio});
        std::vector<Value> values{portfolio, slot};
        values.insert(values.end(), ids.begin(), ids.end());
        Slots before;
        std::vector<std::string> addresses;
        for (const Row& row :
             session.query("SELECT p.address, p.slot FROM messages m JOIN portfolio_connections c ON "
                           "c.connection_id = m.connection_id JOIN portfolio_people p ON p.portfolio_id = "
                           "c.portfolio_id AND p.address = m.address WHERE p.portfolio_id = ? AND p.slot < ? "
                           "AND " +
                               of_these,
                           values)) {
            addresses.push_back(row.text(0));
            before.emplace(row.text(0), row.integer(1));
        }
        enter(session, portfolio, addresses, before, slot);
    }
}

void hear(Session& session, Id connection, std::string_view address, std::int64_t at_ms) {
    session.execute("INSERT INTO people_heard (connection_id, address, heard_at) VALUES (?, ?, ?)" +
                        overwrite(session.dialect(), "connection_id, address", {"heard_at"}),
                    {connection, std::string(address), at_ms});
}

std::set<std::string> heard_since(Session& session, Id connection, std::span<const std::string> addresses,
                                  std::int64_t since_ms) {
    std::set<std::string> found;
    if (addresses.empty()) return found;
    std::vector<Value> values{connection, since_ms};
    append_texts(values, addresses);
    for (const Row& row :
         session.query("SELECT address FROM people_heard WHERE connection_id = ? AND heard_at "
                       "> ? AND address IN " +
                           placeholders(addresses.size()),
                       values))
        found.insert(row.text(0));
    return found;
}

std::uint64_t forget(Session& session, std::int64_t before_slot, std::int64_t heard_before_ms, int limit) {
    const std::int64_t most = limit;
    const Rows people = session.query(
        "SELECT portfolio_id, address FROM portfolio_people WHERE slot < ? LIMIT ?", {before_slot, most});
    for (const Row& row : people)
        session.execute("DELETE FROM portfolio_people WHERE portfolio_id = ? AND address = ? AND slot < ?",
                        {row.integer(0), row.text(1), before_slot});
    session.execute("DELETE FROM portfolio_slots WHERE slot < ?", {before_slot});
    const Rows heard =
        session.query("SELECT connection_id, address FROM people_heard WHERE heard_at < ? LIMIT ?",
                      {heard_before_ms, most});
    for (const Row& row : heard)
        session.execute("DELETE FROM people_heard WHERE connection_id = ? AND address = ? AND heard_at < ?",
                        {row.integer(0), row.text(1), heard_before_ms});
    return std::max(people.size(), heard.size());
}

}  // namespace dakiya::store::portfolios
