#include "time.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "dakiya/time.hpp"

namespace msg91 {

namespace {

constexpr std::int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms, day_ms = 24 * hour_ms;
constexpr std::int64_t india_ms = 5 * hour_ms + 30 * minute_ms;

struct Date {
    std::int64_t year, month, day;
};

// The date that is so many days after 1970-01-01 (http://howardhinnant.github.io/date_algorithms.html).
Date date_of(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = days / 146'097, of_era = days - era * 146'097;
    const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted = (5 * of_year + 2) / 153;
    const std::int64_t month = shifted + (shifted < 10 ? 3 : -9);
    return {year_of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1};
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::int64_t unix_time(std::int64_t value) {
    constexpr std::int64_t year_2001 = 1'000'000'000, year_5138 = 100'000'000'000;
    if (value < year_2001 || value > year_5138 * 1000) return 0;
    return value > year_5138 ? value : value * 1000;
}

}  // namespace

std::int64_t read_time(std::string_view text) {
    if (const auto value = number(text)) return unix_time(*value);
    return dakiya::read_iso_time(text, india_ms);
}

std::string india_day(std::int64_t now_ms) {
    const Date date = date_of((now_ms + india_ms) / day_ms);
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", static_cast<int>(date.year),
                                   static_cast<int>(date.month), static_cast<int>(date.day));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::int64_t until_promotional_hours(std::int64_t now_ms) {
    const std::int64_t of_day = (now_ms + india_ms) % day_ms;
    if (of_day >= 10 * hour_ms && of_day < 21 * hour_ms) return minute_ms;
    const std::int64_t wait = (10 * hour_ms - of_day + day_ms) % day_ms;
    return wait < minute_ms ? minute_ms : wait;
}

}  // namespace msg91
