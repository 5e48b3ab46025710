#include "store/otps.hpp"

#include "base/text.hpp"
#include "store/ids.hpp"
#include "store/sql.hpp"

namespace dakiya::store::otps {

namespace {

constexpr std::size_t text_limit = 500;  // bytes, of the column

constexpr std::string_view columns =
    "id, tenant_id, state, mode, address, client, connection_id, channel, steps, step, hash, provider_id, "
    "length, expiry_s, attempts, sends, message_id, text, created_at, sent_at, expires_at, ended_at";

int small(const Row& row, std::size_t column) { return static_cast<int>(row.integer(column)); }

Otp from_row(const Row& row) {
    Otp otp;
    otp.id = row.integer(0);
    otp.tenant = row.integer(1);
    otp.state = static_cast<domain::OtpState>(row.integer(2));
    otp.mode = static_cast<OtpMode>(row.integer(3));
    otp.address = row.text(4);
    otp.client = row.text(5);
    otp.connection = row.integer(6);
    otp.channel = row.text(7);
    otp.steps = row.text(8);
    otp.step = small(row, 9);
    otp.hash = row.text(10);
    otp.provider_id = row.text(11);
    otp.length = small(row, 12);
    otp.expiry_s = row.integer(13);
    otp.attempts = small(row, 14);
    otp.sends = small(row, 15);
    otp.message = row.integer(16);
    otp.text = row.text(17);
    otp.created_at = row.integer(18);
    otp.sent_at = row.integer(19);
    otp.expires_at = row.integer(20);
    otp.ended_at = row.integer(21);
    return otp;
}

std::string select() {
    return "SELECT " + std::string(columns) + " FROM otps WHERE id = ? AND tenant_id = ?";
}

std::string text_of(const Otp& otp) { return std::string(utf8_prefix(otp.text, text_limit)); }

// When the n-th newest was sent; 0: there are not so many.
std::int64_t nth(Session& session, const std::string& where, std::vector<Value> values, int n) {
    if (n <= 0) return 0;
    values.emplace_back(std::int64_t{n - 1});
    const Rows rows = session.query(
        "SELECT at FROM otp_sends WHERE " + where + " ORDER BY at DESC LIMIT 1 OFFSET ?", values);
    return rows.empty() ? 0 : rows.front().integer(0);
}

std::uint64_t forget_from(Session& session, const std::string& table, const std::string& column,
                          std::int64_t before, int limit) {
    std::vector<Id> ids;
    for (const Row& row : session.query("SELECT id FROM " + table + " WHERE " + column + " < ? LIMIT ?",
                                        {before, std::int64_t{limit}}))
        ids.push_back(row.integer(0));
    if (ids.empty()) return 0;
    std::vector<Value> values;
    append_ids(values, ids);
    return session.execute("DELETE FROM " + table + " WHERE id IN " + placeholders(ids.size()), values);
}

}  // namespace

void create(Session& session, const Otp& o) {
    const Value values[] = {o.id,
                            o.tenant,
                            std::int64_t{static_cast<int>(o.state)},
                            std::int64_t{static_cast<int>(o.mode)},
                            o.address,
                            o.client,
                            o.connection,
                            o.channel,
                            text_or_null(o.steps),
                            std::int64_t{o.step},
                            o.hash,
                            o.provider_id,
                            std::int64_t{o.length},
                            o.expiry_s,
                            std::int64_t{o.attempts},
                            std::int64_t{o.sends},
                            o.message,
                            text_of(o),
                            o.created_at,
                            o.sent_at,
                            o.expires_at,
                            o.ended_at};
    session.insert_rows("INSERT INTO otps (" + std::string(columns) + ") VALUES", std::size(values), values);
}

std::optional<Otp> find(Session& session, Scope scope, Id id) {
    return first_row(session.query(select(), {id, scope.tenant}), from_row);
}

std::optional<Otp> find_locked(Session& session, Scope scope, Id id) {
    return first_row(session.query(select() + for_update(session.dialect()), {id, scope.tenant}), from_row);
}

void update(Session& session, const Otp& o) {
    session.execute(
        "UPDATE otps SET state = ?, connection_id = ?, channel = ?, steps = ?, step = ?, hash = ?, "
        "provider_id = ?, length = ?, expiry_s = ?, attempts = ?, sends = ?, message_id = ?, text = ?, "
        "sent_at = ?, expires_at = ?, ended_at = ? WHERE id = ? AND tenant_id = ?",
        {std::int64_t{static_cast<int>(o.state)}, o.connection, o.channel, text_or_null(o.steps),
         std::int64_t{o.step}, o.hash, o.provider_id, std::int64_t{o.length}, o.expiry_s,
         std::int64_t{o.attempts}, std::int64_t{o.sends}, o.message, text_of(o), o.sent_at, o.expires_at,
         o.ended_at, o.id, o.tenant});
}

domain::OtpSends sends(Session& session, Scope scope, const std::string& address, const std::string& client,
                       const domain::OtpLimits& limits) {
    const std::string to_number = "tenant_id = ? AND address = ?";
    domain::OtpSends sends;
    sends.newest_to_number = nth(session, to_number, {scope.tenant, address}, 1);
    sends.nth_to_number = nth(session, to_number, {scope.tenant, address}, limits.per_number);
    if (!client.empty())
        sends.nth_for_client =
            nth(session, "tenant_id = ? AND client = ?", {scope.tenant, client}, limits.per_client);
    sends.nth_of_tenant = nth(session, "tenant_id = ?", {scope.tenant}, limits.per_tenant);
    return sends;
}

void note_send(Session& session, Scope scope, const std::string& address, const std::string& client,
               std::int64_t now_ms) {
    session.execute("INSERT INTO otp_sends (id, tenant_id, address, client, at) VALUES (?, ?, ?, ?, ?)",
                    {reserve_ids(session, 1), scope.tenant, address, client, now_ms});
}

std::uint64_t forget(Session& session, std::int64_t created_before, int limit) {
    return forget_from(session, "otps", "created_at", created_before, limit);
}

std::uint64_t forget_sends(Session& session, std::int64_t sent_before, int limit) {
    return forget_from(session, "otp_sends", "at", sent_before, limit);
}

}  // namespace dakiya::store::otps
