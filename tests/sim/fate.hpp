// What becomes of a recipient, drawn from the seed and the number alone: the same run has the same fates,
// in any order of requests.
#pragma once

#include "ledger.hpp"

#include <cstdint>
#include <string_view>

namespace sim {

// Well-spread 64 bits from three numbers (splitmix64).
std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t c);
std::uint64_t hash(std::string_view text);  // FNV-1a, then mixed
bool chance(double percent, std::uint64_t draw);

struct Verdict {
    enum class Kind { accept, cut, drop, refuse } kind = Kind::accept;
    int code = 0;  // of the refusal

    bool refused() const { return kind == Kind::refuse; }
    bool dropped() const { return kind == Kind::drop; }  // nobody takes it, and nobody says so
    bool unanswered() const { return dropped() || kind == Kind::cut; }
};

// `attempt` is how often this recipient was asked for before.
Verdict judge(const Config& config, Provider provider, std::uint64_t to, unsigned attempt);

// SMS is never read.
Timeline draw_timeline(const Config& config, Provider provider, bool whatsapp, std::uint64_t to,
                       std::size_t n);

}  // namespace sim
