// Daily quotas: how many messages may go today, and when tomorrow begins. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/id.hpp"

namespace dakiya::domain {

struct Quota {
    std::string channel;         // empty: every one
    Id connection = 0;           // 0: every one
    std::int64_t per_day = 0;    // >= 0
    std::int64_t used = 0;       // of the day that ends at resets_at
    std::int64_t resets_at = 0;  // Unix ms; in the past: nothing was used of the present day

    std::int64_t used_at(std::int64_t now_ms) const { return resets_at > now_ms ? used : 0; }
};

inline constexpr std::int64_t most_per_day = 1'000'000'000;
inline constexpr int warn_percent = 80;

// The first instant of the next day in this zone (IANA name; an unknown one counts as UTC). Unix ms.
std::int64_t next_midnight(std::int64_t now_ms, const std::string& zone);

// How many of `wanted` messages all of these quotas leave room for, and the first that leaves none (null when
// all may go).
struct Room {
    std::int64_t messages = 0;
    const Quota* exhausted = nullptr;
};
Room room_in(std::span<const Quota> quotas, std::int64_t wanted, std::int64_t now_ms);

// In per cent of the quota, rounded down; 100 for a quota of 0.
int percent_of(std::int64_t used, std::int64_t per_day);

// "10,000".
std::string with_commas(std::int64_t number);
// "daily quota of 10,000 for whatsapp", for people.
std::string name_of(const Quota& quota);

}  // namespace dakiya::domain
