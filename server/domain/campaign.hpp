// The states of a campaign and who may change them. The numbers are stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace dakiya::domain {

enum class CampaignState : std::int16_t {
    draft = 0,
    scheduled = 1,
    sending = 2,
    paused = 3,
    completed = 4,
    cancelled = 5,
    failed = 6
};

// schedule to cancel are a person's; finish and fail are the engine's. wait: resume, of one that was paused
// before its time had come.
enum class Action : std::uint8_t { schedule, send, pause, resume, cancel, finish, fail, wait };

std::string_view to_string(CampaignState state);
std::string_view to_string(Action action);

// The state after the action. Code::conflict when the state forbids it, with a sentence that says what
// is possible instead. Repeating an action that has already had its effect is a conflict too.
Result<CampaignState> after(CampaignState now, Action action);

// Whether the content, audience and connection may still be changed.
bool editable(CampaignState state);

// Completed, cancelled or failed.
bool final(CampaignState state);

}  // namespace dakiya::domain
