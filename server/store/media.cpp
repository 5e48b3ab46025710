#include "store/media.hpp"

#include "store/sql.hpp"

namespace dakiya::store::media {

namespace {

constexpr std::string_view select =
    "SELECT id, tenant_id, sha256, size, mime, filename, origin, created_at FROM media ";

Media from_row(const Row& row) {
    return {row.integer(0), row.integer(1), row.text(2), row.integer(3),
            row.text(4),    row.text(5),    row.text(6), row.integer(7)};
}

std::optional<Media> of_bytes(Session& session, Scope scope, const std::string& sha256) {
    return first_row(
        session.query(std::string(select) + "WHERE tenant_id = ? AND sha256 = ?", {scope.tenant, sha256}),
        from_row);
}

void add_bytes(Session& session, Scope scope, std::int64_t bytes) {
    session.execute("INSERT INTO media_usage (tenant_id, bytes) VALUES (?, ?)" +
                        upsert(session.dialect(), "tenant_id") + "bytes = bytes + " +
                        incoming(session.dialect(), "bytes"),
                    {scope.tenant, bytes});
}

}  // namespace

std::optional<Media> add(Session& session, const Media& m, std::int64_t most) {
    const Scope scope{m.tenant};
    if (auto known = of_bytes(session, scope, m.sha256)) return known;
    if (most > 0 && bytes_of(session, scope) + m.size > most) return std::nullopt;
    const bool added =
        session.execute(
            "INSERT INTO media (id, tenant_id, sha256, size, mime, filename, origin, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)" +
                unless_there(session.dialect(), "id"),
            {m.id, m.tenant, m.sha256, m.size, m.mime, m.filename, m.origin, m.created_at}) == 1;
    if (!added) return of_bytes(session, scope, m.sha256);
    add_bytes(session, scope, m.size);
    return m;
}

std::optional<Media> find(Session& session, Scope scope, Id id) {
    return first_row(
        session.query(std::string(select) + "WHERE id = ? AND tenant_id = ?", {id, scope.tenant}), from_row);
}

std::vector<Media> by_ids(Session& session, Scope scope, std::span<const Id> ids) {
    if (ids.empty()) return {};
    std::vector<Value> values{scope.tenant};
    append_ids(values, ids);
    return map_rows(
        session.query(std::string(select) + "WHERE " + own_rows + " AND id IN " + placeholders(ids.size()),
                      values),
        from_row);
}

std::vector<Media> list(Session& session, Scope scope, std::string_view origin, Id before, int limit) {
    std::string where = "WHERE tenant_id = ? AND id < ? ";
    std::vector<Value> values{scope.tenant, below(before)};
    if (!origin.empty()) {
        where += "AND origin = ? ";
        values.emplace_back(std::string(origin));
    }
    values.emplace_back(std::int64_t{limit});
    return map_rows(session.query(std::string(select) + where + "ORDER BY id DESC LIMIT ?", values),
                    from_row);
}

std::int64_t bytes_of(Session& session, Scope scope) {
    const Rows rows = session.query("SELECT bytes FROM media_usage WHERE tenant_id = ?", {scope.tenant});
    return rows.empty() ? 0 : rows.front().integer(0);
}

bool remove(Session& session, Scope scope, Id id) {
    const auto row = find(session, scope, id);
    if (!row || session.execute("DELETE FROM media WHERE id = ? AND tenant_id = ?", {id, scope.tenant}) != 1)
        return false;
    session.execute("DELETE FROM media_handles WHERE media_id = ? AND tenant_id = ?", {id, scope.tenant});
    add_bytes(session, scope, -row->size);
    return true;
}

std::vector<std::string> known(Session& session, Scope scope, std::span<const std::string> sha256) {
    if (sha256.empty()) return {};
    std::vector<Value> values{scope.tenant};
    append_texts(values, sha256);
    return map_rows(session.query("SELECT sha256 FROM media WHERE tenant_id = ? AND sha256 IN " +
                                      placeholders(sha256.size()),
                                  values),
                    [](const Row& row) { return row.text(0); });
}

}  // namespace dakiya::store::media
