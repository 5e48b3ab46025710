#include "domain/fair_share.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

namespace dakiya::domain {

namespace {

constexpr std::chrono::seconds turn{2};

struct Count {
    std::ptrdiff_t of_tenant, of_campaign;
    auto operator<=>(const Count&) const = default;  // NOLINT(modernize-use-nullptr)
};

Count count(const Party& party, std::span<const Holder> holders) {
    return {std::count_if(holders.begin(), holders.end(),
                          [&](const Holder& holder) { return holder.party.tenant == party.tenant; }),
            std::count_if(holders.begin(), holders.end(),
                          [&](const Holder& holder) { return holder.party.campaign == party.campaign; })};
}

// Whether it is fairer that `more` gives a slot to `less`, now or because its turn is over.
bool is_unfair(std::ptrdiff_t less, std::ptrdiff_t more, bool turn_is_over) {
    return more >= less + 2 || (less == 0 && more == 1 && turn_is_over);
}

bool deserves_one_more(const Party& party, std::span<const Holder> holders, Steady now) {
    const Count own = count(party, holders);
    const Holder& other = holders[to_yield(holders)];
    if (is_unfair(own.of_tenant, count(other.party, holders).of_tenant, now - other.since >= turn))
        return true;

    std::vector<Holder> of_tenant;
    std::copy_if(holders.begin(), holders.end(), std::back_inserter(of_tenant),
                 [&](const Holder& holder) { return holder.party.tenant == party.tenant; });
    if (of_tenant.empty()) return false;
    const Holder& sibling = of_tenant[to_yield(of_tenant)];
    return is_unfair(own.of_campaign, count(sibling.party, of_tenant).of_campaign,
                     now - sibling.since >= turn);
}

}  // namespace

std::optional<std::size_t> next_in_turn(std::span<const Party> waiting, std::span<const Holder> holders,
                                        std::size_t slots, Steady now) {
    const bool one_is_free = holders.size() < slots;
    std::optional<std::size_t> next;
    std::optional<Count> least;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const Count own = count(waiting[i], holders);
        if (least && own >= *least) continue;
        if (!one_is_free && (holders.empty() || !deserves_one_more(waiting[i], holders, now))) continue;
        next = i;
        least = own;
    }
    return next;
}

std::size_t to_yield(std::span<const Holder> holders) {
    const auto yields =
        std::max_element(holders.begin(), holders.end(), [&](const Holder& one, const Holder& other) {
            const Count of_one = count(one.party, holders), of_other = count(other.party, holders);
            return std::tuple(of_one, other.since) < std::tuple(of_other, one.since);
        });
    return static_cast<std::size_t>(yields - holders.begin());
}

}  // namespace dakiya::domain
