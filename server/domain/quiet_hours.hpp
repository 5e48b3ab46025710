// When marketing may be sent, by the law or custom of the place where a person is.
#pragma once

#include <array>
#include <string_view>

namespace dakiya::domain {

// Minutes of the local day, from 0 to 1440.
struct Hours {
    int from = 0;
    int to = 0;
    bool operator==(const Hours&) const = default;
};

using Week = std::array<Hours, 7>;  // Monday first

// country: ISO 3166-1 ("US"); state: the last part of its ISO 3166-2 code ("TX"). Either may be empty or
// unknown, and then the wider rule holds: the country's, or 09:00 to 20:00.
const Week& allowed_hours(std::string_view country, std::string_view state);

// Whether the state has a rule of its own.
bool has_own_hours(std::string_view country, std::string_view state);

}  // namespace dakiya::domain
