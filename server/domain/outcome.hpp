// The closed list of error classes, and what each one means for the engine: one table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace dakiya::domain {

enum class Class : std::uint8_t {
    recipient,  // no such number, or not on the channel
    opted_out,
    window,  // outside the 24-hour service window
    content,
    template_,
    policy,     // do-not-disturb lists, DLT, quiet hours
    throttled,  // too fast
    provider,   // their fault, passing
    auth,
    balance,
    quota,
    config,
    plugin,
    other
};

enum class Retry : std::uint8_t {
    never,
    when_told,   // only if the provider said when (retry_after_ms > 0)
    after_hint,  // when the provider said; without that with back-off, until the message's deadline
    once
};

enum class Suppress : std::uint8_t { no, after_three, at_once };

enum class Stop : std::uint8_t {
    no,
    after_ten,         // the campaign pauses after ten failures of the class in a row
    pause_connection,  // nothing else will get through either: the connection needs attention
    breaker,           // counts towards the host's circuit breaker
    quarantine         // counts towards the plugin's quarantine
};

struct Meaning {
    Retry retry;
    bool fallback;  // the next connection of the route, once no retry is left
    Suppress suppress;
    Stop stop;
};

std::string_view to_string(Class error_class);
Class parse_class(std::string_view word);  // an unknown word is `other`: plugins may be newer than we are

const Meaning& meaning(Class error_class);

// "recipient:131026", as campaign statistics name a failure; at most 64 bytes.
std::string failure_reason(std::string_view error_class, std::string_view code);

// Whether to try again after attempt number `attempt` (1 is the first) failed. hint: the provider's
// retry_after_ms, 0 when it gave none. The message's deadline is the caller's to check.
bool may_retry(Class error_class, int attempt, Millis hint);

// How long to wait before the next attempt when may_retry said yes: the hint (at most 24 hours; ignored
// by classes that do not listen to it) plus full jitter, that is `random` spread evenly over
// [0, min(5 min, 1 s * 2^(attempt - 1))]. random: any 64-bit number. `attempt` below 1 counts as 1.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
Millis retry_delay(Class error_class, int attempt, Millis hint, std::uint64_t random);

}  // namespace dakiya::domain
