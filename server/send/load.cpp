#include "send/load.hpp"

#include <set>

#include "store/queue.hpp"
#include "store/suppressions.hpp"

namespace dakiya::send {

namespace {

using store::Message;

std::vector<Id> ids_of(const std::vector<Message>& messages) {
    std::vector<Id> ids;
    ids.reserve(messages.size());
    for (const Message& message : messages) ids.push_back(message.id);
    return ids;
}

std::vector<Message> queued_in(store::Session& session, Id from, Id last) {
    if (from > last) return {};
    auto messages = store::messages::range(session, from, last, static_cast<int>(last - from + 1));
    std::erase_if(messages, [](const Message& m) { return m.state != domain::State::queued; });
    return messages;
}

// Those of which nothing was written: a former owner may have marked some, and skipped others long before
// their turn.
std::vector<Message> without_trace(store::Session& session, std::vector<Message> messages) {
    const auto ids = ids_of(messages);
    std::set<Id> known;
    for (const auto& outcome : store::outcomes::by_messages(session, ids)) known.insert(outcome.message);
    for (const auto& queued : store::queue::of_messages(session, ids)) known.insert(queued.message);
    std::erase_if(messages, [&](const Message& m) { return known.contains(m.id); });
    return messages;
}

}  // namespace

Result<LoadedChunk> load_chunk(store::Database& db, Connections& connections, const Limits& limits,
                               const store::Campaign& campaign, const store::Chunk& chunk) {
    LoadedChunk loaded;
    const bool cancelled = campaign.state == domain::CampaignState::cancelled;
    if (!cancelled) {
        auto job = make_job(db, connections, limits, campaign);
        if (!job) return job.error();
        loaded.job = std::move(*job);
    }
    db.read([&](store::Session& session) {
        loaded.orphans = without_trace(session, queued_in(session, chunk.cursor_id, chunk.intent_id - 1));
        if (cancelled) return;
        loaded.unmarked = without_trace(session, queued_in(session, chunk.intent_id, chunk.last_id));

        std::vector<std::string> addresses;
        for (const Message& message : loaded.unmarked) addresses.push_back(message.address);
        const auto closed = store::suppressions::which_of(session, store::Scope{campaign.tenant},
                                                          campaign.channel, addresses);
        std::erase_if(loaded.unmarked, [&](const Message& message) {
            if (!closed.contains(message.address)) return false;
            loaded.suppressed.push_back(message);
            return true;
        });
    });
    return loaded;
}

}  // namespace dakiya::send
