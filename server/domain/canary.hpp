// Whether a campaign may go on after its first messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/plan.hpp"

namespace dakiya::domain {

// How the messages of the canary stand.
struct CanaryFigures {
    std::int64_t sent = 0;       // taken by the provider, delivered and read ones among them
    std::int64_t delivered = 0;  // read ones among them
    std::int64_t failed = 0;
    std::int64_t uncertain = 0;
    std::string worst_reason;  // "template:132001", empty when nothing failed

    std::int64_t attempted() const { return sent + failed + uncertain; }
};

// The size of a canary: messages.
std::int64_t canary_size(const Canary& canary, std::int64_t audience);

// Why the campaign must not go on, for a person; nothing when it may.
std::optional<std::string> canary_refusal(const Canary& canary, const CanaryFigures& figures);

}  // namespace dakiya::domain
