// Who may work on a chunk next: slots are shared between tenants first, then between the campaigns of each,
// however many messages they have. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace dakiya::domain {

struct Party {
    Id tenant = 0;
    Id campaign = 0;
};

// A slot that is in use.
struct Holder {
    Party party;
    Steady since{};
};

// Which of the waiting campaigns (each at most once, in order of age) gets a slot now: that of the tenant
// with the fewest, of these the one with the fewest. Nothing when nobody waits, or when all `slots` are in
// use and are shared fairly: nobody waits who has two fewer than another, or has none while another keeps one
// for longer than two seconds. A slot given beyond `slots` is one that to_yield() takes from another.
std::optional<std::size_t> next_in_turn(std::span<const Party> waiting, std::span<const Holder> holders,
                                        std::size_t slots, Steady now);

// Which holder should give its slot back when there are too many: the one that has its slot the longest, of
// the campaign with the most, of the tenant with the most. There must be one.
std::size_t to_yield(std::span<const Holder> holders);

}  // namespace dakiya::domain
