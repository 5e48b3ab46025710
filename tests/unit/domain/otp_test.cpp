#include "domain/otp.hpp"

#include <catch2/catch.hpp>

using namespace dakiya::domain;

TEST_CASE("a pending code is over with its time or its last attempt") {
    CHECK(otp_state(OtpState::pending, 1'000, 0, 999) == OtpState::pending);
    CHECK(otp_state(OtpState::pending, 1'000, 0, 1'000) == OtpState::expired);
    CHECK(otp_state(OtpState::pending, 1'000, otp::most_attempts, 0) == OtpState::failed);
    for (const auto state : {OtpState::verified, OtpState::expired, OtpState::failed, OtpState::cancelled})
        CHECK(otp_state(state, 1'000, 9, 2'000) == state);
    CHECK(after_attempt(true, otp::most_attempts) == OtpState::verified);
    CHECK(after_attempt(false, otp::most_attempts) == OtpState::failed);
    CHECK(after_attempt(false, otp::most_attempts - 1) == OtpState::pending);
}

TEST_CASE("the limits tell how long to wait, and the longest counts") {
    const OtpLimits limits{30, 5, 20, 1'000};
    const std::int64_t now = 10'000'000;
    CHECK_FALSE(otp_wait(limits, {}, now));
    CHECK(otp_wait(limits, {now - 1, 0, 0, 0}, now)->seconds == 30);
    CHECK(otp_wait(limits, {now - 29'999, 0, 0, 0}, now)->seconds == 1);
    CHECK_FALSE(otp_wait(limits, {now - 30'000, 0, 0, 0}, now));
    CHECK(otp_wait(limits, {now - 1'000, now - 3'000'000, 0, 0}, now)->seconds == 600);
    CHECK(otp_wait(limits, {0, 0, now - 3'599'000, 0}, now)->seconds == 1);
    CHECK(otp_wait(limits, {0, 0, 0, now - 3'598'500}, now)->seconds == 2);
    CHECK_FALSE(otp_wait({0, 0, 0, 0}, {now, now, now, now}, now));
}
