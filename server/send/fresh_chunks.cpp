#include "send/fresh_chunks.hpp"

#include <algorithm>
#include <utility>

namespace dakiya::send {

namespace {

constexpr std::size_t most_chunks = 16;  // of 1,000 messages, of about 400 bytes each
constexpr std::ptrdiff_t plenty = 8;     // of one campaign: as many as a server works on
// A campaign that takes none in this time is not in a hurry.
constexpr Millis fast{250};

}  // namespace

void FreshChunks::put(Fresh chunk) {
    const std::lock_guard lock(mutex_);
    if (chunks_.size() == most_chunks) chunks_.pop_front();
    chunks_.push_back(std::move(chunk));
}

std::optional<std::vector<store::Message>> FreshChunks::take(const store::Chunk& chunk,
                                                             std::int64_t suppressions) {
    const std::lock_guard lock(mutex_);
    const Steady now = clock_.steady();
    std::erase_if(taken_at_, [now](const auto& each) { return now - each.second >= fast; });
    taken_at_[chunk.campaign] = now;
    std::erase_if(chunks_,
                  [&](const Fresh& each) { return each.campaign == chunk.campaign && each.no < chunk.no; });
    const auto found = std::find_if(chunks_.begin(), chunks_.end(), [&](const Fresh& each) {
        return each.campaign == chunk.campaign && each.no == chunk.no;
    });
    if (found == chunks_.end()) return std::nullopt;
    Fresh fresh = std::move(*found);
    chunks_.erase(found);
    if (chunk.intent_id != chunk.first_id || fresh.suppressions != suppressions) return std::nullopt;
    return std::move(fresh.messages);
}

bool FreshChunks::enough(Id campaign) const {
    const std::lock_guard lock(mutex_);
    const auto taken = taken_at_.find(campaign);
    if (taken == taken_at_.end() || clock_.steady() - taken->second >= fast) return false;
    return std::count_if(chunks_.begin(), chunks_.end(),
                         [&](const Fresh& each) { return each.campaign == campaign; }) >= plenty;
}

}  // namespace dakiya::send
