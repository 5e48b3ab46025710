#include "send/chunk_page.hpp"

#include "send/next_step.hpp"
#include "store/chunks.hpp"
#include "store/follow_ups.hpp"
#include "store/ids.hpp"
#include "store/route_people.hpp"

namespace dakiya::send {

namespace {

std::int64_t count_of(const store::campaigns::ReasonCounts& counts) {
    std::int64_t n = 0;
    for (const auto& [reason, times] : counts) n += times;
    return n;
}

// Those who come from an earlier step.
void count_people(store::Session& session, const std::vector<store::Message>& messages) {
    std::vector<store::route_people::Change> people;
    for (const store::Message& message : messages)
        people.push_back({message.id, std::nullopt, message.state});
    store::route_people::count(session, people);
}

// One chunk: consecutive ids from `first` on.
void write_group(store::Session& session, const store::Campaign& campaign, int no, Id first, Group& group) {
    for (std::size_t i = 0; i < group.messages.size(); ++i) group.messages[i].id = first + static_cast<Id>(i);
    store::messages::insert(session, group.messages);
    store::follow_ups::add(session, group.messages);
    if (campaign.parent != 0) count_people(session, group.messages);
    note_unreachable(session, campaign, group.messages);
    store::Chunk chunk;
    chunk.campaign = campaign.id;
    chunk.no = no;
    chunk.tenant = campaign.tenant;
    chunk.first_id = chunk.cursor_id = chunk.intent_id = first;
    chunk.last_id = group.messages.back().id;
    chunk.totals.skipped = static_cast<int>(count_of(group.skipped));
    chunk.not_before = group.not_before;
    chunk.closes_at = group.closes_at;
    chunk.whereabouts = group.whereabouts;
    store::chunks::create(session, chunk);
    store::campaigns::add_reasons(session, campaign.id, group.skipped);
}

}  // namespace

bool write_groups(store::Session& session, const store::Campaign& campaign, std::span<Group> groups,
                  Id cursor, bool last) {
    std::int64_t all = 0, skipped = 0;
    for (const Group& group : groups) {
        all += static_cast<std::int64_t>(group.messages.size());
        skipped += count_of(group.skipped);
    }
    const int chunks = static_cast<int>(groups.size());
    if (!store::campaigns::add_page(session, campaign, cursor, last, chunks, all, skipped)) return false;
    if (all == 0) return true;
    Id first = store::reserve_ids(session, all);
    int no = campaign.next_chunk;
    for (Group& group : groups) {
        write_group(session, campaign, no++, first, group);
        first += static_cast<Id>(group.messages.size());
    }
    return true;
}

}  // namespace dakiya::send
