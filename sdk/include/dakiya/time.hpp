// dakiya/time.hpp - dates as providers write them, in milliseconds of Unix time.
//
//   read_iso_time("2026-11-20T10:00:05.25Z");                     // UTC
//   read_iso_time("2026-11-20 15:30:05", 330 * 60'000);        // no zone told: it is India's
#ifndef DAKIYA_TIME_HPP
#define DAKIYA_TIME_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dakiya {

// Days from 1970-01-01 to that date (http://howardhinnant.github.io/date_algorithms.html).
inline std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
    year -= month <= 2;
    const std::int64_t era = year / 400, of_era = year - era * 400;
    const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

namespace detail {

// -1 when it is not made of digits only.
inline std::int64_t digits(std::string_view text) {
    std::int64_t value = text.empty() ? -1 : 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

// ".25Z" → 250, and cuts the fraction off; 0 when there is none.
inline std::int64_t take_fraction_ms(std::string_view& text) {
    if (text.empty() || text.front() != '.') return 0;
    text.remove_prefix(1);
    std::int64_t ms = 0;
    for (std::int64_t worth = 100; !text.empty() && text.front() >= '0' && text.front() <= '9'; worth /= 10) {
        ms += worth * (text.front() - '0');
        text.remove_prefix(1);
    }
    return ms;
}

}  // namespace detail

// Date and time, between them "T" or a space, then perhaps a fraction and "Z" or "+05:30" ("/" in the date is
// taken too). zone_ms: how far ahead of UTC a text without a zone is. 0 when it is no such text.
inline std::int64_t read_iso_time(std::string_view text, std::int64_t zone_ms = 0) {
    constexpr std::size_t length = 19;  // of 2026-11-20T10:00:05
    constexpr std::array<std::size_t, 6> start{0, 5, 8, 11, 14, 17}, size{4, 2, 2, 2, 2, 2};
    constexpr std::array<std::int64_t, 6> least{1970, 1, 1, 0, 0, 0}, most{9999, 12, 31, 23, 59, 60};
    if (text.size() < length || (text[4] != '-' && text[4] != '/')) return 0;
    std::array<std::int64_t, 6> part{};
    for (std::size_t i = 0; i < part.size(); ++i) {
        part[i] = detail::digits(text.substr(start[i], size[i]));
        if (part[i] < least[i] || part[i] > most[i]) return 0;
    }
    text.remove_prefix(length);
    const std::int64_t fraction = detail::take_fraction_ms(text);
    if (text == "Z") zone_ms = 0;
    if (text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':') {
        const std::int64_t h = detail::digits(text.substr(1, 2)), m = detail::digits(text.substr(4, 2));
        if (h < 0 || m < 0) return 0;
        zone_ms = (text[0] == '-' ? -1 : 1) * (h * 60 + m) * 60'000;
    }
    const std::int64_t hours = days_of(part[0], part[1], part[2]) * 24 + part[3];
    return ((hours * 60 + part[4]) * 60 + part[5]) * 1000 + fraction - zone_ms;
}

}  // namespace dakiya

#endif
