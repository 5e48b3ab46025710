#include "date.hpp"

#include <charconv>

#include "dakiya/time.hpp"

namespace twilio {

namespace {

constexpr std::int64_t days_of_era = 146097;       // 400 years
constexpr std::int64_t days_before_1970 = 719468;  // since 1 March of the year 0

// -1 when it is not a number.
int number(std::string_view text) {
    int value = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ptr == text.data() + text.size() ? value : -1;
}

// 1 to 12, or 0.
std::int64_t month_named(std::string_view name) {
    constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const std::size_t at = names.find(name);
    return at == names.npos || at % 3 != 0 ? 0 : static_cast<std::int64_t>(at / 3) + 1;
}

}  // namespace

std::optional<std::int64_t> read_rfc2822(std::string_view text) {
    if (text.size() != 31 || text.substr(25) != " +0000") return std::nullopt;
    const std::int64_t month = month_named(text.substr(8, 3));
    const int day = number(text.substr(5, 2)), full_year = number(text.substr(12, 4));
    const int hour = number(text.substr(17, 2)), minute = number(text.substr(20, 2));
    const int second = number(text.substr(23, 2));
    if (month == 0 || day < 1 || full_year < 1970 || hour < 0 || minute < 0 || second < 0)
        return std::nullopt;
    const std::int64_t days = dakiya::days_of(full_year, month, day);
    return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

std::string day_of(std::int64_t unix_seconds) {
    const std::int64_t days = unix_seconds / 86400 + days_before_1970;
    const std::int64_t era = days / days_of_era, day_of_era = days % days_of_era;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    const std::int64_t year = year_of_era + era * 400 + (month <= 2);
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(year) + '-' + two(month) + '-' + two(day);
}

}  // namespace twilio
