#include "domain/zones.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <stdexcept>

#include <unicode/basictz.h>
#include <unicode/strenum.h>
#include <unicode/timezone.h>

namespace dakiya::domain {

namespace {

constexpr std::size_t longest_name = 64;

std::unique_ptr<icu::BasicTimeZone> zone_of(std::string_view name) {
    if (name.empty() || name.size() > longest_name) return nullptr;
    const auto text =
        icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int>(name.size())));
    std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(text));
    // An unknown name becomes Etc/Unknown, and "GMT+5" a zone of its own that the tz database does not have.
    icu::UnicodeString id;
    if (!zone || *zone == icu::TimeZone::getUnknown() || zone->getID(id) != text) return nullptr;
    UErrorCode status = U_ZERO_ERROR;
    UBool system = false;
    icu::UnicodeString canonical;
    icu::TimeZone::getCanonicalID(text, canonical, system, status);
    if (U_FAILURE(status) || !system) return nullptr;
    if (dynamic_cast<icu::BasicTimeZone*>(zone.get()) == nullptr) return nullptr;
    return std::unique_ptr<icu::BasicTimeZone>(static_cast<icu::BasicTimeZone*>(zone.release()));
}

void check(UErrorCode status) {
    if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU time zones: ") + u_errorName(status));
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

struct Zone::Icu {
    std::unique_ptr<icu::BasicTimeZone> zone;
};

bool known_zone(std::string_view name) { return zone_of(name) != nullptr; }

std::vector<std::string> zones_of_country(std::string_view country) {
    std::vector<std::string> zones;
    if (country.size() != 2) return zones;
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::StringEnumeration> ids(icu::TimeZone::createTimeZoneIDEnumeration(
        UCAL_ZONE_TYPE_CANONICAL_LOCATION, std::string(country).c_str(), nullptr, status));
    if (U_FAILURE(status) || !ids) return zones;
    while (const icu::UnicodeString* id = ids->snext(status)) {
        check(status);
        id->toUTF8String(zones.emplace_back());
    }
    return zones;
}

Zone::Zone(const std::string& name) : icu_(std::make_unique<const Icu>(Icu{zone_of(name)})) {
    if (!icu_->zone) throw std::invalid_argument("there is no time zone \"" + name + "\"");
}

Zone::~Zone() = default;
Zone::Zone(Zone&&) noexcept = default;
Zone& Zone::operator=(Zone&&) noexcept = default;

std::int64_t Zone::wall(std::int64_t instant_ms) const {
    std::int32_t raw = 0, daylight = 0;
    UErrorCode status = U_ZERO_ERROR;
    icu_->zone->getOffset(static_cast<UDate>(instant_ms), 0, raw, daylight, status);
    check(status);
    return instant_ms + raw + daylight;
}

std::int64_t Zone::instant(std::int64_t wall_ms) const {
    std::int32_t raw = 0, daylight = 0;
    UErrorCode status = U_ZERO_ERROR;
    icu_->zone->getOffsetFromLocal(static_cast<UDate>(wall_ms), UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER,
                                   raw, daylight, status);
    check(status);
    return wall_ms - raw - daylight;
}

int weekday(std::int64_t wall_ms) {
    const std::int64_t day = floor_div(wall_ms, day_ms) + 3;  // 1970-01-01 was a Thursday
    return static_cast<int>(day - floor_div(day, 7) * 7);
}

std::int64_t day_of(std::int64_t wall_ms) { return floor_div(wall_ms, day_ms) * day_ms; }

std::optional<std::int64_t> parse_wall(std::string_view text) {
    constexpr std::string_view form = "0000-00-00T00:00";
    if (text.size() != form.size()) return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == '0' ? (text[i] < '0' || text[i] > '9') : text[i] != form[i]) return std::nullopt;
    const auto number = [&](std::size_t from, std::size_t n) {
        int value = 0;
        for (const char c : text.substr(from, n)) value = value * 10 + (c - '0');
        return value;
    };
    const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                           std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    const int hour = number(11, 2), minute = number(14, 2);
    if (!date.ok() || hour > 23 || minute > 59) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return days * day_ms + (hour * 60 + minute) * minute_ms;
}

std::string format_wall(std::int64_t wall_ms) {
    const std::int64_t day = floor_div(wall_ms, day_ms);
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
    const auto minutes = static_cast<int>((wall_ms - day * day_ms) / minute_ms);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), minutes / 60,
                  minutes % 60);
    return text.data();
}

}  // namespace dakiya::domain
