#include "send/load.hpp"

#include <utility>

#include "store/messages.hpp"
#include "store/suppressions.hpp"

namespace dakiya::send {

Result<LoadedChunk> load_chunk(store::Database& db, Connections& connections, const Limits& limits,
                               const store::Campaign& campaign, const store::Chunk& chunk, FreshChunks& fresh,
                               std::int64_t now_ms) {
    LoadedChunk loaded;
    const bool cancelled = campaign.state == domain::CampaignState::cancelled;
    if (!cancelled) {
        auto job = make_job(db, connections, limits, campaign, now_ms);
        if (!job) return job.error();
        loaded.job = std::move(*job);
        if (loaded.files_missing()) return loaded;
    }
    db.read([&](store::Session& session) {
        // Again from the start on a fresh session, when the connection is lost in the middle.
        loaded.orphans.clear();
        // A former owner may have marked some.
        for (auto& [message, suppressed] :
             store::messages::unattempted(session, chunk.cursor_id, chunk.intent_id - 1))
            loaded.orphans.push_back(std::move(message));
        if (cancelled) return;
        // First, so that what is closed meanwhile is looked up again.
        loaded.suppressions = store::suppressions::version(session, store::Scope{campaign.tenant});
        if (auto messages = fresh.take(chunk, loaded.suppressions)) {
            loaded.unmarked = std::move(*messages);
            return;
        }
        for (auto& [message, suppressed] :
             store::messages::unattempted(session, chunk.intent_id, chunk.last_id))
            (suppressed ? loaded.suppressed : loaded.unmarked).push_back(std::move(message));
    });
    return loaded;
}

}  // namespace dakiya::send
