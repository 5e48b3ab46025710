#include "store/failure_share.hpp"

#include "domain/message.hpp"

namespace dakiya::store {

namespace {

// Ids between two messages of a campaign that stand for others: the pages of its neighbours.
constexpr std::int64_t gaps = 8'000;

std::int64_t number(domain::State state) { return static_cast<int>(state); }

}  // namespace

std::optional<int> failed_among(Session& session, Scope scope, Id campaign, Id last, int messages,
                                std::int64_t since_ms) {
    using domain::State;
    // Without an attempt there is no attempts > 0: skipped and cancelled ones.
    const Rows rows = session.query(
        "SELECT COUNT(*), SUM(CASE WHEN state = ? THEN 1 ELSE 0 END) FROM (SELECT state FROM outcomes "
        "WHERE message_id <= ? AND message_id > ? AND campaign_id = ? AND tenant_id = ? AND attempts > 0 "
        "AND sent_at >= ? ORDER BY message_id DESC LIMIT ?) AS newest",
        {number(State::failed), last, last - 2 * std::int64_t{messages} - gaps, campaign, scope.tenant,
         since_ms, std::int64_t{messages}});
    if (rows.front().integer(0) < messages) return std::nullopt;
    return static_cast<int>(rows.front().integer(1));
}

}  // namespace dakiya::store
