#include "domain/quota.hpp"

#include <algorithm>

#include "domain/zones.hpp"

namespace dakiya::domain {

std::string with_commas(std::int64_t number) {
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::int64_t next_midnight(std::int64_t now_ms, const std::string& zone) {
    const Zone clock(known_zone(zone) ? zone : "UTC");
    return clock.instant(day_of(clock.wall(now_ms)) + day_ms);
}

Room room_in(std::span<const Quota> quotas, std::int64_t wanted, std::int64_t now_ms) {
    Room room{wanted, nullptr};
    for (const Quota& quota : quotas) {
        const std::int64_t left = std::max<std::int64_t>(quota.per_day - quota.used_at(now_ms), 0);
        if (left >= room.messages) continue;
        room = {left, &quota};
    }
    return room;
}

int percent_of(std::int64_t used, std::int64_t per_day) {
    if (per_day <= 0) return 100;
    return static_cast<int>(used * 100 / per_day);
}

std::string name_of(const Quota& quota) {
    std::string name = "daily quota of " + with_commas(quota.per_day);
    if (!quota.channel.empty()) name += " for " + quota.channel;
    if (quota.connection != 0) name += " on connection " + format_id(prefix::connection, quota.connection);
    return name;
}

}  // namespace dakiya::domain
