// When the messages of one campaign may leave: its plan, and the zone of its tenant (domain/opening reckons).
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/opening.hpp"
#include "store/campaigns.hpp"
#include "store/contacts.hpp"
#include "store/messages.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

struct Timing {
    domain::Plan plan;
    std::string tenant_zone = "UTC";

    // As domain::next_opening.
    std::optional<domain::Opening> opening(std::string_view whereabouts, std::int64_t from) const {
        return domain::next_opening(plan, whereabouts, tenant_zone, from);
    }
};

Timing load_timing(store::Session& session, const store::Campaign& campaign);

// People of one page who may be written to from the same time until the same time: they make a chunk.
struct Group {
    std::int64_t not_before = 0;  // Unix ms; 0: at once
    std::int64_t closes_at = 0;   // Unix ms; 0: never
    std::string whereabouts;      // domain/opening
    std::vector<store::Message> messages;
    store::campaigns::ReasonCounts skipped;
};

// Sorts the messages, one for each contact, into groups of at most 1,000, the earliest first. Somebody for
// whom no time suits is skipped. A world-wide page has about thirty groups: as many as there are offsets from
// UTC.
std::vector<Group> group_by_opening(const Timing& timing, std::span<const store::Contact> contacts,
                                    std::vector<store::Message> messages, std::int64_t now_ms);

// Chunks whose time ended before they were done get their next one. True when there were any.
bool reopen_chunks(store::Database& db, store::Writer& writer, const store::Campaign& campaign,
                   std::int64_t now_ms);

}  // namespace dakiya::send
