#include "store/tenants.hpp"

#include "store/sql.hpp"

namespace dakiya::store::tenants {

namespace {

constexpr std::string_view select = "SELECT id, name, country, zone, data_key, created_at FROM tenants ";

Tenant from_row(const Row& row) {
    return {row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), row.integer(5)};
}

}  // namespace

void create(Session& session, const Tenant& t) {
    session.execute(
        "INSERT INTO tenants (id, name, country, zone, data_key, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        {t.id, t.name, t.country, t.zone, t.data_key, t.created_at});
}

std::optional<Tenant> find(Session& session, Id id) {
    return first_row(session.query(std::string(select) + "WHERE id = ?", {id}), from_row);
}

std::vector<Tenant> list(Session& session, Id before, int limit) {
    return map_rows(
        session.query(std::string(select) + "WHERE id < ? ORDER BY id DESC LIMIT ?", {below(before), limit}),
        from_row);
}

}  // namespace dakiya::store::tenants
