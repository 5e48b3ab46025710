#include "domain/opening.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "domain/quiet_hours.hpp"
#include "domain/zones.hpp"

namespace dakiya::domain {

namespace {

constexpr int horizon_days = 9;                  // a week, the day before and the day after
constexpr std::int64_t shortest_ms = minute_ms;  // an opening that is worth it

using Openings = std::vector<Opening>;  // sorted, apart from each other

struct Place {
    std::string country, state, zone;  // zone: "*" for all of the country
};

std::vector<Place> places_of(std::string_view whereabouts) {
    std::vector<Place> places;
    while (!whereabouts.empty()) {
        const std::string_view one = whereabouts.substr(0, whereabouts.find(','));
        whereabouts.remove_prefix(std::min(one.size() + 1, whereabouts.size()));
        const std::string_view rule = one.substr(0, one.find('|'));
        const auto dash = rule.find('-');
        places.push_back({std::string(rule.substr(0, dash)),
                          std::string(dash == rule.npos ? "" : rule.substr(dash + 1)),
                          std::string(one.substr(std::min(rule.size() + 1, one.size())))});
    }
    return places;
}

std::vector<std::string> zones_of(const Place& place) {
    if (place.zone != "*") return {place.zone};
    return zones_of_country(place.country);
}

// Of which zones the clock counts.
std::set<std::string> zones_of(const std::string& named, const std::vector<Place>& places,
                               const std::string& tenant_zone) {
    if (named == tenants_zone) return {tenant_zone};
    if (named != recipients_zone) return {named};
    std::set<std::string> zones;
    for (const Place& place : places)
        for (std::string& zone : zones_of(place)) zones.insert(std::move(zone));
    return zones;
}

// The same hours on each day of a week, in a zone, around an instant.
struct Rule {
    Week week;  // to may be beyond 24:00
    std::string zone;
    bool operator<(const Rule& other) const {
        const auto key = [](const Rule& rule) {
            std::vector<int> numbers;
            for (const Hours& hours : rule.week) numbers.insert(numbers.end(), {hours.from, hours.to});
            return std::make_pair(rule.zone, numbers);
        };
        return key(*this) < key(other);
    }
};

Openings openings_of(const Rule& rule, std::int64_t around) {
    const Zone zone(rule.zone);
    const std::int64_t today = day_of(zone.wall(around));
    Openings list;
    for (int i = -1; i <= horizon_days; ++i) {
        const std::int64_t day = today + i * day_ms;
        const Hours& hours = rule.week[static_cast<std::size_t>(weekday(day))];
        if (hours.from == hours.to) continue;
        const Opening opening{zone.instant(day + hours.from * minute_ms),
                              zone.instant(day + hours.to * minute_ms)};
        if (!list.empty() && opening.from <= list.back().to)
            list.back().to = std::max(list.back().to, opening.to);
        else if (opening.from < opening.to)
            list.push_back(opening);
    }
    return list;
}

Openings common(const Openings& a, const Openings& b) {
    Openings both;
    for (auto left = a.begin(), right = b.begin(); left != a.end() && right != b.end();) {
        const Opening shared{std::max(left->from, right->from), std::min(left->to, right->to)};
        if (shared.from < shared.to) both.push_back(shared);
        ++(left->to < right->to ? left : right);
    }
    return both;
}

Week week_of(const Window& window) {
    Week week;
    const int to = window.to > window.from ? window.to : window.to + 24 * 60;
    for (std::size_t day = 0; day < week.size(); ++day)
        week[day] = (window.days >> day & 1U) != 0 ? Hours{window.from, to} : Hours{};
    return week;
}

std::set<Rule> rules_of(const Plan& plan, const std::vector<Place>& places, const std::string& tenant_zone) {
    std::set<Rule> rules;
    if (plan.window)
        for (const std::string& zone : zones_of(plan.window->zone, places, tenant_zone))
            rules.insert({week_of(*plan.window), zone});
    if (plan.quiet_hours)
        for (const Place& place : places)
            for (const std::string& zone : zones_of(place))
                rules.insert({allowed_hours(place.country, place.state), zone});
    return rules;
}

}  // namespace

std::string whereabouts(std::string_view zone, std::string_view state, std::string_view country,
                        std::string_view tenant_zone) {
    std::string text(country);
    if (has_own_hours(country, state)) text.append("-").append(state);
    text += '|';
    if (!zone.empty() && known_zone(zone)) return text.append(zone);
    return text.append(zones_of_country(country).empty() ? tenant_zone : "*");
}

std::optional<Opening> next_opening(const Plan& plan, std::string_view whereabouts,
                                    const std::string& tenant_zone, std::int64_t from) {
    std::optional<Openings> open;
    for (const Rule& rule : rules_of(plan, places_of(whereabouts), tenant_zone)) {
        const Openings list = openings_of(rule, from);
        open = open ? common(*open, list) : list;
    }
    if (!open) return Opening{from, INT64_MAX};
    for (const Opening& opening : *open)
        if (opening.to - std::max(opening.from, from) >= shortest_ms) return opening;
    return std::nullopt;
}

std::int64_t scheduled_instant(std::int64_t wall, const std::string& schedule_zone,
                               std::string_view whereabouts, const std::string& tenant_zone) {
    std::int64_t latest = INT64_MIN;
    for (const std::string& zone : zones_of(schedule_zone, places_of(whereabouts), tenant_zone))
        latest = std::max(latest, Zone(zone).instant(wall));
    return latest == INT64_MIN ? Zone(tenant_zone).instant(wall) : latest;
}

std::int64_t first_instant(std::int64_t wall, const std::string& schedule_zone,
                           const std::string& tenant_zone) {
    // Kiribati's Line Islands are fourteen hours ahead, all year round; nobody is further.
    if (schedule_zone == recipients_zone) return Zone("Pacific/Kiritimati").instant(wall);
    return scheduled_instant(wall, schedule_zone, "", tenant_zone);
}

}  // namespace dakiya::domain
