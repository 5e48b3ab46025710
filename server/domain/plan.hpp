// When and how carefully a campaign is sent: its schedule, its window, quiet hours, canary and stop rule. The
// strict reader and the writer of its JSON form. The reckoning is in domain/opening and domain/recurrence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "dakiya/json.hpp"

namespace dakiya::domain {

// Beside an IANA name, a zone is one of these words.
inline constexpr std::string_view recipients_zone = "recipient";
inline constexpr std::string_view tenants_zone = "tenant";

struct Schedule {
    std::int64_t at = 0;             // wall time (domain/zones)
    std::string zone{tenants_zone};  // IANA name or a word of the above
    std::string repeat;              // RRULE (domain/recurrence); empty: once
};

struct Window {
    int from = 0, to = 24 * 60;  // minutes of the day; `to` before `from` is of the next day
    unsigned days = 0x7f;        // bit 0: Monday. Of the day that the window opens
    std::string zone{tenants_zone};
};

struct Canary {
    int count = 0;  // messages; 0: percent of the audience, rounded up
    int percent = 0;
    int hold_s = 600;
    int max_failed_percent = 5;
    std::optional<int> min_delivered_percent;
};

// Pauses when more than this share of the last `after` messages failed. 100: never.
struct StopRule {
    int max_failed_percent = 30;
    int after = 200;
};

struct Plan {
    bool marketing = false;  // else transactional
    bool quiet_hours = false;
    std::string quiet_hours_reason;  // why marketing goes out in them
    std::optional<Schedule> schedule;
    std::optional<Window> window;
    std::optional<Canary> canary;
    StopRule stop;

    // Whether it depends on the person when a message may leave.
    bool timed() const { return quiet_hours || window || (schedule && schedule->zone == recipients_zone); }
    bool recurring() const { return schedule && !schedule->repeat.empty(); }
};

// What the API takes when it makes a campaign: marketing, with quiet hours.
Plan default_plan();

// Lays the fields of `json` over the plan: category, schedule, window, quiet_hours, quiet_hours_reason,
// canary, stop; null takes one away. Other fields are not looked at. Refusals name the field.
Result<Plan> read_plan(const Json& json, Plan plan);

// The same fields, all of them; null for what is not there.
Json to_json(const Plan& plan);

// As it is stored: empty for a plan with nothing in it (also of campaigns that are older than plans).
Plan stored_plan(const std::string& text);

}  // namespace dakiya::domain
