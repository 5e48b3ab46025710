// Time zones and the wall clock in them, by ICU. A wall time is written like an instant: the milliseconds
// since 1970-01-01T00:00 that a clock in the zone shows. [any thread]
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dakiya::domain {

inline constexpr std::int64_t minute_ms = 60'000;
inline constexpr std::int64_t day_ms = 24 * 60 * minute_ms;

// Whether it is the IANA name of a zone: "Asia/Kolkata", "UTC".
bool known_zone(std::string_view name);

// The zones in which people of this country (ISO 3166-1, "US") live; empty when the country is not known.
std::vector<std::string> zones_of_country(std::string_view country);

class Zone {
public:
    // Throws std::invalid_argument when the zone is not known.
    explicit Zone(const std::string& name);
    ~Zone();
    Zone(Zone&&) noexcept;
    Zone& operator=(Zone&&) noexcept;

    std::int64_t wall(std::int64_t instant_ms) const;
    // The instant at which the clock shows this. In the hour that is skipped in spring: as much later as the
    // clock was put forward. In the hour that comes twice: the first time.
    std::int64_t instant(std::int64_t wall_ms) const;

private:
    struct Icu;
    std::unique_ptr<const Icu> icu_;
};

// Of a wall time: 0 is Monday.
int weekday(std::int64_t wall_ms);
// The wall time at which its day began.
std::int64_t day_of(std::int64_t wall_ms);

// "2026-12-01T10:00" as a wall time; nothing when it is not of that form or no date.
std::optional<std::int64_t> parse_wall(std::string_view text);
std::string format_wall(std::int64_t wall_ms);

}  // namespace dakiya::domain
