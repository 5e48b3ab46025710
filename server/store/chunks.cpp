#include "store/chunks.hpp"

#include "store/sql.hpp"

namespace dakiya::store::chunks {

namespace {

constexpr const char* columns =
    "campaign_id, no, tenant_id, first_id, last_id, cursor_id, intent_id, done, owner, fence, lease_until, "
    "n_skipped, n_sent, n_failed, n_uncertain, n_cancelled, n_deferred, not_before, closes_at, whereabouts";

Chunk from_row(const Row& row) {
    Chunk c;
    c.campaign = row.integer(0);
    c.no = static_cast<int>(row.integer(1));
    c.tenant = row.integer(2);
    c.first_id = row.integer(3);
    c.last_id = row.integer(4);
    c.cursor_id = row.integer(5);
    c.intent_id = row.integer(6);
    c.done = row.integer(7) != 0;
    c.owner = row.text(8);
    c.fence = row.integer(9);
    c.lease_until = row.integer(10);
    c.totals = {static_cast<int>(row.integer(11)), static_cast<int>(row.integer(12)),
                static_cast<int>(row.integer(13)), static_cast<int>(row.integer(14)),
                static_cast<int>(row.integer(15)), static_cast<int>(row.integer(16))};
    c.not_before = row.integer(17);
    c.closes_at = row.integer(18);
    c.whereabouts = row.text(19);
    return c;
}

// " AND no NOT IN (?, …)", with its values; "" for none.
std::string but(std::span<const int> chunks, std::vector<Value>& values) {
    if (chunks.empty()) return {};
    for (const int no : chunks) values.push_back(std::int64_t{no});
    values.insert(values.end(), padded(chunks.size()) - chunks.size(), Value(std::int64_t{chunks.front()}));
    return " AND no NOT IN " + placeholders(chunks.size());
}

// "campaign_id = ? AND …" of the chunks that may be leased now, with its values.
std::string free_ones(Id campaign, std::int64_t now_ms, Lease which, std::span<const int> except,
                      std::vector<Value>& values) {
    values.insert(values.end(), {campaign, now_ms});
    const std::string others = but(except, values);
    values.insert(values.end(), {std::int64_t{which != Lease::abandoned}, now_ms, now_ms,
                                 std::int64_t{which == Lease::open}});
    return "campaign_id = ? AND done = 0 AND lease_until < ?" + others +
           " AND (intent_id > cursor_id OR (? AND not_before <= ? AND (closes_at = 0 OR closes_at > ?) AND "
           "(? OR owner <> '')))";
}

}  // namespace

void create(Session& session, const Chunk& c) {
    session.execute(
        "INSERT INTO campaign_chunks (" + std::string(columns) +
            ") VALUES (?,?,?,?,?,?,?,?,'',0,0,?,0,0,0,0,0,?,?,?)",
        {c.campaign, std::int64_t{c.no}, c.tenant, c.first_id, c.last_id, c.cursor_id, c.intent_id,
         std::int64_t{c.done}, std::int64_t{c.totals.skipped}, c.not_before, c.closes_at, c.whereabouts});
}

std::optional<Chunk> lease(Session& session, Id campaign, std::string_view owner, std::int64_t now_ms,
                           std::int64_t until_ms, Lease which, std::span<const int> except) {
    std::vector<Value> values{std::string(owner), until_ms, campaign, now_ms};
    const std::string free = free_ones(campaign, now_ms, which, except, values);
    // The derived table keeps MySQL from reading the table that it updates. Two nodes that pick the same
    // chunk are told apart by the outer WHERE: one changes a row, the other none.
    const auto leased = session.execute(
        "UPDATE campaign_chunks SET owner = ?, fence = fence + 1, lease_until = ? "
        "WHERE campaign_id = ? AND done = 0 AND lease_until < ? AND no = "
        "(SELECT no FROM (SELECT no FROM campaign_chunks WHERE " +
            free + " ORDER BY not_before, no LIMIT 1) AS free)",
        values);
    if (leased == 0) return std::nullopt;
    const Rows rows =
        session.query("SELECT " + std::string(columns) +
                          " FROM campaign_chunks WHERE campaign_id = ? AND done = 0 AND owner = ?",
                      {campaign, std::string(owner)});
    if (rows.empty()) return std::nullopt;
    return from_row(rows.front());
}

bool any_free(Session& session, Id campaign, std::int64_t now_ms, Lease which, std::span<const int> except) {
    std::vector<Value> values;
    const std::string free = free_ones(campaign, now_ms, which, except, values);
    return !session.query("SELECT no FROM campaign_chunks WHERE " + free + " LIMIT 1", values).empty();
}

void advance(Session& session, const Chunk& chunk, Id cursor, Id intent, const ChunkTotals& add,
             std::int64_t until_ms) {
    const auto changed = session.execute(
        "UPDATE campaign_chunks SET cursor_id = ?, intent_id = ?, lease_until = ?, n_skipped = n_skipped + "
        "?, "
        "n_sent = n_sent + ?, "
        "n_failed = n_failed + ?, n_uncertain = n_uncertain + ?, n_cancelled = n_cancelled + ?, "
        "n_deferred = n_deferred + ? WHERE campaign_id = ? AND no = ? AND owner = ? AND fence = ? AND done = "
        "0",
        {cursor, intent, until_ms, std::int64_t{add.skipped}, std::int64_t{add.sent},
         std::int64_t{add.failed}, std::int64_t{add.uncertain}, std::int64_t{add.cancelled},
         std::int64_t{add.deferred}, chunk.campaign, std::int64_t{chunk.no}, chunk.owner, chunk.fence});
    if (changed != 1) throw LeaseLost();
}

void finish(Session& session, const Chunk& chunk, const ChunkTotals& add) {
    const auto changed = session.execute(
        "UPDATE campaign_chunks SET cursor_id = last_id + 1, intent_id = last_id + 1, lease_until = 0, owner "
        "= '', "
        "done = 1, n_skipped = n_skipped + ?, n_sent = n_sent + ?, n_failed = n_failed + ?, n_uncertain = "
        "n_uncertain + ?, "
        "n_cancelled = n_cancelled + ?, n_deferred = n_deferred + ? "
        "WHERE campaign_id = ? AND no = ? AND owner = ? AND fence = ? AND done = 0",
        {std::int64_t{add.skipped}, std::int64_t{add.sent}, std::int64_t{add.failed},
         std::int64_t{add.uncertain}, std::int64_t{add.cancelled}, std::int64_t{add.deferred}, chunk.campaign,
         std::int64_t{chunk.no}, chunk.owner, chunk.fence});
    if (changed != 1) throw LeaseLost();
}

bool written(Session& session, const Chunk& chunk, std::int64_t until_ms) {
    const Rows rows = session.query(
        "SELECT done, lease_until FROM campaign_chunks WHERE campaign_id = ? AND no = ? AND fence = ?" +
            for_update(session.dialect()),
        {chunk.campaign, std::int64_t{chunk.no}, chunk.fence});
    if (rows.empty()) throw LeaseLost();
    // Only the owner of this fence can have ended it.
    return rows.front().integer(0) != 0 || rows.front().integer(1) == until_ms;
}

void release(Session& session, const Chunk& chunk) {
    session.execute(
        "UPDATE campaign_chunks SET owner = '', lease_until = 0 "
        "WHERE campaign_id = ? AND no = ? AND owner = ? AND fence = ?",
        {chunk.campaign, std::int64_t{chunk.no}, chunk.owner, chunk.fence});
}

bool any_open(Session& session, Id campaign) {
    return !session
                .query("SELECT no FROM campaign_chunks WHERE campaign_id = ? AND done = 0 LIMIT 1",
                       {campaign})
                .empty();
}

std::vector<Closed> closed(Session& session, Id campaign, std::int64_t now_ms) {
    return map_rows(
        session.query("SELECT DISTINCT closes_at, whereabouts FROM campaign_chunks WHERE campaign_id = ? AND "
                      "done = 0 AND closes_at BETWEEN 1 AND ? AND lease_until < ?",
                      {campaign, now_ms, now_ms}),
        [](const Row& row) {
            return Closed{row.integer(0), row.text(1)};
        });
}

void reopen(Session& session, Id campaign, const Closed& closed, std::int64_t not_before,
            std::int64_t closes_at, std::int64_t now_ms) {
    session.execute(
        "UPDATE campaign_chunks SET not_before = ?, closes_at = ? WHERE campaign_id = ? AND done = 0 AND "
        "closes_at = ? AND whereabouts = ? AND lease_until < ?",
        {not_before, closes_at, campaign, closed.closes_at, closed.whereabouts, now_ms});
}

void open_all(Session& session, Id campaign) {
    session.execute(
        "UPDATE campaign_chunks SET not_before = 0, closes_at = 0 WHERE campaign_id = ? AND done = 0 AND "
        "(not_before <> 0 OR closes_at <> 0)",
        {campaign});
}

}  // namespace dakiya::store::chunks
