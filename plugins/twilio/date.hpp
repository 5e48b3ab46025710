// Twilio's dates. Not the C library's: glibc reads the time zone's file even for UTC, and a plugin opens
// none. Both directions are days_from_civil and civil_from_days of
// https://howardhinnant.github.io/date_algorithms.html
#ifndef DAKIYA_TWILIO_DATE_HPP
#define DAKIYA_TWILIO_DATE_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twilio {

// "Thu, 24 Aug 2023 05:01:45 +0000" (always UTC) as seconds of Unix time, or nothing.
std::optional<std::int64_t> read_rfc2822(std::string_view text);

// "2026-11-20": the day in UTC of a time after 1970, in seconds.
std::string day_of(std::int64_t unix_seconds);

}  // namespace twilio

#endif
