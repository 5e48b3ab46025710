// One-time passwords: states, what a try at the code comes to, and the limits against pumping fraud (bots
// that have codes sent to numbers whose operator shares the fee). Pure; the codes themselves are not here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dakiya::prefix {
inline constexpr std::string_view otp = "otp";  // of ids (base/id.hpp)
}

namespace dakiya::domain {

// The numbers are stored.
enum class OtpState : std::int16_t { pending = 0, verified = 1, expired = 2, failed = 3, cancelled = 4 };
std::string_view to_string(OtpState state);

namespace otp {
inline constexpr int most_attempts = 5;                      // at one code, resent or not
inline constexpr int shortest = 4, longest = 10, usual = 6;  // digits
inline constexpr std::int64_t shortest_expiry_s = 30, longest_expiry_s = 24 * 3600, usual_expiry_s = 600;
inline constexpr std::int64_t hour_ms = 3'600'000;
}  // namespace otp

// The state at this moment: a pending one is over when its time is, or its last attempt.
OtpState otp_state(OtpState stored, std::int64_t expires_at, int attempts, std::int64_t now_ms);

// After one more attempt at a code that was pending.
OtpState after_attempt(bool right, int attempts);

// How many codes are sent. 0: no limit of that kind.
struct OtpLimits {
    int seconds_between = 30;  // to one number
    int per_number = 5;        // an hour, to one number
    int per_client = 20;       // an hour, for one client of the caller
    int per_tenant = 1'000;    // an hour
};

// What was sent before, Unix ms; 0: not so many. nth: the n-th newest, n being the limit of that kind.
struct OtpSends {
    std::int64_t newest_to_number = 0, nth_to_number = 0, nth_for_client = 0, nth_of_tenant = 0;
};

// Why the next code must wait, and how long; nothing when it may go.
struct OtpWait {
    std::string text;
    std::int64_t seconds = 0;
};
std::optional<OtpWait> otp_wait(const OtpLimits& limits, const OtpSends& sends, std::int64_t now_ms);

}  // namespace dakiya::domain
