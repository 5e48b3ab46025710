#include "domain/otp.hpp"

#include <algorithm>

namespace dakiya::domain {

std::string_view to_string(OtpState state) {
    switch (state) {
        case OtpState::pending:
            return "pending";
        case OtpState::verified:
            return "verified";
        case OtpState::expired:
            return "expired";
        case OtpState::failed:
            return "failed";
        case OtpState::cancelled:
            return "cancelled";
    }
    return "failed";
}

OtpState otp_state(OtpState stored, std::int64_t expires_at, int attempts, std::int64_t now_ms) {
    if (stored != OtpState::pending) return stored;
    if (attempts >= otp::most_attempts) return OtpState::failed;
    return now_ms >= expires_at ? OtpState::expired : OtpState::pending;
}

OtpState after_attempt(bool right, int attempts) {
    if (right) return OtpState::verified;
    return attempts >= otp::most_attempts ? OtpState::failed : OtpState::pending;
}

std::optional<OtpWait> otp_wait(const OtpLimits& limits, const OtpSends& sends, std::int64_t now_ms) {
    struct Rule {
        int limit;
        std::int64_t since, window_ms;
        const char* text;
    };
    const Rule rules[] = {
        {limits.seconds_between, sends.newest_to_number, std::int64_t{limits.seconds_between} * 1'000,
         "a code was sent to this number a moment ago"},
        {limits.per_number, sends.nth_to_number, otp::hour_ms,
         "as many codes as are allowed in an hour were sent to this number"},
        {limits.per_client, sends.nth_for_client, otp::hour_ms,
         "as many codes as are allowed in an hour were sent for this client"},
        {limits.per_tenant, sends.nth_of_tenant, otp::hour_ms,
         "as many codes as are allowed in an hour were sent"}};
    std::optional<OtpWait> longest;
    for (const Rule& rule : rules) {
        if (rule.limit <= 0 || rule.since == 0) continue;
        const std::int64_t left_ms = rule.since + rule.window_ms - now_ms;
        const std::int64_t seconds = (left_ms + 999) / 1'000;
        if (left_ms > 0 && (!longest || seconds > longest->seconds))
            longest = OtpWait{std::string(rule.text) + "; again in " + std::to_string(seconds) + " seconds",
                              seconds};
    }
    return longest;
}

}  // namespace dakiya::domain
