#include "store/suppressions.hpp"

#include <algorithm>

#include "domain/message.hpp"
#include "domain/outcome.hpp"
#include "store/sql.hpp"

namespace dakiya::store::suppressions {

namespace {

using domain::Suppression;

constexpr std::size_t addresses_per_query = 1'000;
constexpr std::size_t short_list = 200;

// The words come from domain/suppression, which this room writes and reads and nobody else.
Suppression reason_of(const std::string& word) {
    const auto reason = domain::parse_suppression(word);
    if (!reason) throw DbError(DbError::Kind::other, "suppressions.reason holds an unknown word: " + word);
    return *reason;
}

Suppressed from_row(const Row& row) {
    return {row.text(0), row.text(1), reason_of(row.text(2)), row.text(3), row.integer(4)};
}

std::string word(Suppression reason) { return std::string(domain::to_string(reason)); }

// Those between the first and the last of the addresses, when they are few: most tenants have few, and to
// name a thousand addresses costs the database more than to read a short list.
std::optional<Rows> all_between(Session& session, Scope scope, std::string_view channel,
                                std::span<const std::string> addresses) {
    if (addresses.size() <= short_list) return std::nullopt;
    const auto [first, last] = std::minmax_element(addresses.begin(), addresses.end());
    Rows rows = session.query(
        "SELECT address, reason FROM suppressions WHERE tenant_id = ? AND channel = ? AND address BETWEEN ? "
        "AND ? LIMIT ?",
        {scope.tenant, std::string(channel), *first, *last, std::int64_t{short_list} + 1});
    if (rows.size() > short_list) return std::nullopt;
    return rows;
}

Rows named(Session& session, Scope scope, std::string_view channel, std::span<const std::string> addresses) {
    std::vector<Value> values{scope.tenant, std::string(channel)};
    append_texts(values, addresses);
    return session.query("SELECT address, reason FROM suppressions WHERE " + std::string(own_rows) +
                             " AND channel = ? AND address IN " + placeholders(addresses.size()),
                         values);
}

// How many of the newest messages to the address failed with this class, without another outcome between.
int failures_in_a_row(Session& session, Scope scope, std::string_view channel, std::string_view address,
                      domain::Class cls) {
    constexpr std::int64_t looked_at = 3;
    int n = 0;
    for (const Row& row :
         session.query("SELECT o.state, o.class FROM messages m JOIN outcomes o ON o.message_id = m.id "
                       "WHERE m.tenant_id = ? AND m.address = ? AND m.channel = ? ORDER BY m.id DESC LIMIT ?",
                       {scope.tenant, std::string(address), std::string(channel), looked_at})) {
        const bool same = static_cast<domain::State>(row.integer(0)) == domain::State::failed &&
                          row.text(1) == domain::to_string(cls);
        if (!same) break;
        ++n;
    }
    return n;
}

}  // namespace

bool add(Session& session, Scope scope, const Suppressed& s) {
    const auto there = find(session, scope, s.channel, s.address);
    if (!there) {
        session.execute(
            "INSERT INTO suppressions (tenant_id, channel, address, reason, source, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            {scope.tenant, s.channel, s.address, word(s.reason), s.source, s.created_at});
        session.execute("INSERT INTO suppression_versions (tenant_id, version) VALUES (?, 1)" +
                            upsert(session.dialect(), "tenant_id") +
                            "version = suppression_versions.version + 1",
                        {scope.tenant});
        return true;
    }
    const auto by_person = [](Suppression reason) {
        return reason == Suppression::opted_out || reason == Suppression::complaint;
    };
    if (by_person(s.reason) && !by_person(there->reason))
        session.execute(
            "UPDATE suppressions SET reason = ?, source = ? WHERE tenant_id = ? AND channel = ? AND address "
            "= ?",
            {word(s.reason), s.source, scope.tenant, s.channel, s.address});
    return false;
}

void blame(Session& session, Scope scope, std::string_view channel, std::string_view address,
           domain::Class cls, Id message, std::int64_t now_ms) {
    const domain::Suppress rule = domain::meaning(cls).suppress;
    if (rule == domain::Suppress::no) return;
    const int failures =
        rule == domain::Suppress::at_once ? 1 : failures_in_a_row(session, scope, channel, address, cls);
    if (const auto reason = domain::suppression_after(cls, failures))
        add(session, scope,
            {std::string(channel), std::string(address), *reason, format_id(prefix::message, message),
             now_ms});
}

bool remove(Session& session, Scope scope, std::string_view channel, std::string_view address) {
    return session.execute("DELETE FROM suppressions WHERE tenant_id = ? AND channel = ? AND address = ?",
                           {scope.tenant, std::string(channel), std::string(address)}) == 1;
}

std::optional<Suppressed> find(Session& session, Scope scope, std::string_view channel,
                               std::string_view address) {
    return first_row(session.query("SELECT channel, address, reason, source, created_at FROM suppressions "
                                   "WHERE tenant_id = ? AND channel = ? AND address = ?",
                                   {scope.tenant, std::string(channel), std::string(address)}),
                     from_row);
}

std::int64_t version(Session& session, Scope scope) {
    const Rows rows =
        session.query("SELECT version FROM suppression_versions WHERE tenant_id = ?", {scope.tenant});
    return rows.empty() ? 0 : rows.front().integer(0);
}

std::map<std::string, Suppression> which_of(Session& session, Scope scope, std::string_view channel,
                                            std::span<const std::string> addresses) {
    std::map<std::string, Suppression> closed;
    while (!addresses.empty()) {
        const auto page = addresses.first(std::min(addresses.size(), addresses_per_query));
        addresses = addresses.subspan(page.size());
        auto rows = all_between(session, scope, channel, page);
        if (!rows) rows = named(session, scope, channel, page);
        for (const Row& row : *rows) closed.emplace(row.text(0), reason_of(row.text(1)));
    }
    return closed;
}

std::vector<Suppressed> list(Session& session, Scope scope, std::string_view after_channel,
                             std::string_view after_address, int limit) {
    return map_rows(session.query("SELECT channel, address, reason, source, created_at FROM suppressions "
                                  "WHERE tenant_id = ? AND channel >= ? AND (channel > ? OR address > ?) "
                                  "ORDER BY channel, address LIMIT ?",
                                  {scope.tenant, std::string(after_channel), std::string(after_channel),
                                   std::string(after_address), limit}),
                    from_row);
}

}  // namespace dakiya::store::suppressions
