#include "domain/quiet_hours.hpp"

#include <array>

namespace dakiya::domain {

namespace {

constexpr Hours hours(int from, int to) { return {from * 60, to * 60}; }
constexpr Week every_day(int from, int to) {
    const Hours h = hours(from, to);
    return {h, h, h, h, h, h, h};
}
constexpr Week days(Hours work, Hours saturday, Hours sunday) {
    return {work, work, work, work, work, saturday, sunday};
}

struct Place {
    std::string_view country, state;
    Week week;
};

// US: 47 CFR 64.1200(c)(1) allows 08:00 to 21:00; 09:00 to 20:00 is within every state's rule but these.
// India: promotional messages under TCCCPR, as the operators apply it (error 651 outside of these hours).
constexpr Week everywhere = every_day(9, 20);
constexpr std::array places{
    Place{"US", "CT", every_day(9, 20)},
    Place{"US", "FL", every_day(8, 20)},
    Place{"US", "MD", every_day(8, 20)},
    Place{"US", "MS", every_day(8, 20)},
    Place{"US", "NJ", every_day(8, 20)},
    Place{"US", "OK", every_day(8, 20)},
    Place{"US", "RI", days(hours(9, 18), hours(10, 17), hours(10, 17))},
    Place{"US", "TX", days(hours(9, 21), hours(9, 21), hours(12, 21))},
    Place{"US", "", every_day(9, 20)},
    Place{"IN", "", every_day(10, 21)},
};

const Place* find(std::string_view country, std::string_view state) {
    for (const Place& place : places)
        if (place.country == country && place.state == state) return &place;
    return nullptr;
}

}  // namespace

bool has_own_hours(std::string_view country, std::string_view state) {
    return !state.empty() && find(country, state) != nullptr;
}

const Week& allowed_hours(std::string_view country, std::string_view state) {
    if (const Place* place = find(country, state)) return place->week;
    const Place* place = find(country, "");
    return place ? place->week : everywhere;
}

}  // namespace dakiya::domain
