#include "departures.hpp"

#include <map>
#include <set>

#include <fmt/format.h>

#include "domain/quota.hpp"
#include "domain/zones.hpp"
#include "world.hpp"

namespace dakiya::simulate {

namespace {

// Nodes do not agree about the time to the second, and a message leaves up to a lease after it was counted.
constexpr std::int64_t blur_ms = 40'000;

}  // namespace

void Departures::note(Id message, std::string address) {
    all_.push_back({epoch_ms + world_.timeline().now(), message, std::move(address)});
}

void Departures::check() {
    if (world_.plan().limits.per_day > 0) check_quota();
    if (world_.plan().limits.people > 0) check_people();
}

// What the provider refused at once is not counted: its place is given back. Near midnight a message may
// count for either day.
void Departures::check_quota() {
    std::set<Id> counted;
    std::map<std::int64_t, int> by_day;
    for (const Departure& left : all_) {
        const auto entry = world_.provider().ledger().find(format_id(prefix::message, left.message));
        if (entry == world_.provider().ledger().end() || entry->second.copies == 0) continue;
        if (!counted.insert(left.message).second) continue;
        const auto ends_at = domain::next_midnight(left.at_ms - blur_ms, World::zone);
        if (ends_at == domain::next_midnight(left.at_ms + blur_ms, World::zone)) ++by_day[ends_at];
    }
    for (const auto& [day, n] : by_day)
        if (n > world_.plan().limits.per_day)
            world_.find("no day has more than its quota",
                        fmt::format("{} messages on a day of at most {}", n, world_.plan().limits.per_day));
}

void Departures::check_people() {
    std::map<std::string, std::int64_t> newest;  // of campaigns, which send templates
    for (const Departure& left : all_) {
        if (world_.route_of(left.message) == 0) continue;
        newest[left.address] = left.at_ms;
        const auto since = left.at_ms - domain::day_ms + blur_ms;
        std::erase_if(newest, [since](const auto& entry) { return entry.second <= since; });
        if (newest.size() > static_cast<std::size_t>(world_.plan().limits.people))
            return world_.find(
                "never more people than the provider allows",
                fmt::format("{} within 24 hours, of at most {}", newest.size(), world_.plan().limits.people));
    }
}

}  // namespace dakiya::simulate
