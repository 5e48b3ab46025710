// How many people a business may write to first within 24 hours, as WhatsApp counts them: each person once,
// wherever in the business the message comes from
// (https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dakiya::domain {

inline constexpr std::int64_t people_unlimited = -1;
inline constexpr std::int64_t people_unknown = 0;

// A provider's word for it: "TIER_2K", "TIER_UNLIMITED", "2000", "-1", "10K Customers/24hr". Nothing when it
// says no number.
std::optional<std::int64_t> parse_people_limit(std::string_view word);

// People are counted by the quarter of an hour in which they were last written to. One counts until the whole
// quarter is 24 hours old, so the sum is never less than the provider's.
std::int64_t slot_at(std::int64_t now_ms);
std::int64_t first_counted_slot(std::int64_t now_ms);
// When those of this slot are no longer counted. Unix ms.
std::int64_t slot_leaves_at(std::int64_t slot);

}  // namespace dakiya::domain
