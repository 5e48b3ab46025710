// When a message may leave: a campaign's window and the quiet hours of the place where its recipient is.
// Pure; the zones' rules are ICU's. [any thread]
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/plan.hpp"

namespace dakiya::domain {

// Instants, Unix milliseconds.
struct Opening {
    std::int64_t from = 0;
    std::int64_t to = 0;  // the first one that is too late
    bool operator==(const Opening&) const = default;
};

// Where somebody is, as text that is stored with chunks: rule, "|" and zone. "IN|*": all zones of the
// country; "US-TX|America/Chicago"; "|Europe/Berlin": of no country that we know. Several of them, joined by
// ",", stand for a group: it may be written to when each of them may.
//   zone, state: of the contact, empty or of no known zone or state: not looked at.
//   country: of the phone, or empty. tenant_zone: for those of whom nothing is known.
std::string whereabouts(std::string_view zone, std::string_view state, std::string_view country,
                        std::string_view tenant_zone);

// The opening that is on at `from`, or else the next one. Nothing when there is none within the next nine
// days: the zones and hours leave no time that suits. whereabouts: empty when nothing depends on the person.
std::optional<Opening> next_opening(const Plan& plan, std::string_view whereabouts,
                                    const std::string& tenant_zone, std::int64_t from);

// When the scheduled wall time has come for these people: in all zones that are possible.
std::int64_t scheduled_instant(std::int64_t wall, const std::string& schedule_zone,
                               std::string_view whereabouts, const std::string& tenant_zone);

// When the campaign must begin, so that the first person on earth gets it in time.
std::int64_t first_instant(std::int64_t wall, const std::string& schedule_zone,
                           const std::string& tenant_zone);

}  // namespace dakiya::domain
