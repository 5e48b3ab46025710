#include "store/epoch.hpp"

#include "domain/campaign.hpp"
#include "store/ids.hpp"

namespace dakiya::store::epoch {

namespace {

using domain::CampaignState;

// More ids than anybody gives out between a backup and its return; there are nine million times as many.
constexpr std::int64_t ids_passed_over = 1'000'000'000'000;

std::int64_t number(CampaignState state) { return static_cast<std::int64_t>(state); }

std::int64_t count(Session& session, std::string_view sql, std::initializer_list<Value> values = {}) {
    return session.query(sql, values).at(0).integer(0);
}

}  // namespace

std::int64_t read(Session& session) { return count(session, "SELECT MAX(epoch) FROM epoch"); }

void raise_to(Session& session, std::int64_t epoch) {
    session.execute("UPDATE epoch SET epoch = ? WHERE one = 1 AND epoch < ?", {epoch, epoch});
}

Open open(Session& session) {
    return {count(session, "SELECT COUNT(*) FROM campaigns WHERE state IN (?, ?)",
                  {number(CampaignState::scheduled), number(CampaignState::sending)}),
            count(session, "SELECT COUNT(*) FROM queue"),
            count(session, "SELECT COUNT(*) FROM fallbacks WHERE route_id = 0")};
}

void hold(Session& session, bool chunks_too, std::int64_t now_ms) {
    if (chunks_too)
        session.execute(
            "UPDATE campaign_chunks SET intent_id = last_id + 1, owner = '', lease_until = 0, "
            "fence = fence + 1 WHERE done = 0");
    session.execute(
        "UPDATE campaigns SET state = ?, state_text = ?, version = version + 1 WHERE state IN (?, ?)",
        {number(CampaignState::paused),
         std::string("the database was restored from a backup: some of it may have been sent since"),
         number(CampaignState::scheduled), number(CampaignState::sending)});
    // Marked, by an owner whose lease has ended, and too late to be sent once more.
    session.execute(
        "UPDATE queue SET marked = 1, owner = 'restored', lease_until = 1, due_at = ?, deadline_at = ?",
        {now_ms, now_ms});
    reserve_ids(session, ids_passed_over);
    session.execute("UPDATE epoch SET restored_at = ? WHERE one = 1", {now_ms});
}

std::int64_t restored_at(Session& session) { return count(session, "SELECT MAX(restored_at) FROM epoch"); }

}  // namespace dakiya::store::epoch
