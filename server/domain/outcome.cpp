#include "domain/outcome.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/pace.hpp"
#include "domain/words.hpp"

namespace dakiya::domain {

namespace {

constexpr Words<Class, 14> classes{{
    {Class::recipient, "recipient"},
    {Class::opted_out, "opted_out"},
    {Class::window, "window"},
    {Class::content, "content"},
    {Class::template_, "template"},
    {Class::policy, "policy"},
    {Class::throttled, "throttled"},
    {Class::provider, "provider"},
    {Class::auth, "auth"},
    {Class::balance, "balance"},
    {Class::quota, "quota"},
    {Class::config, "config"},
    {Class::plugin, "plugin"},
    {Class::other, "other"},
}};

// In the order of Class. `auth` is never retried here: send/exchange has already tried once more with a
// fresh credential when it comes out.
constexpr std::array<Meaning, classes.size()> meanings{{
    /* recipient */ {Retry::never, true, Suppress::after_three, Stop::no},
    /* opted_out */ {Retry::never, false, Suppress::at_once, Stop::no},
    /* window    */ {Retry::never, true, Suppress::no, Stop::no},
    /* content   */ {Retry::never, true, Suppress::no, Stop::after_ten},
    /* template  */ {Retry::never, true, Suppress::no, Stop::after_ten},
    /* policy    */ {Retry::when_told, false, Suppress::no, Stop::after_ten},
    /* throttled */ {Retry::after_hint, false, Suppress::no, Stop::no},
    /* provider  */ {Retry::after_hint, true, Suppress::no, Stop::breaker},
    /* auth      */ {Retry::never, true, Suppress::no, Stop::pause_connection},
    /* balance   */ {Retry::never, true, Suppress::no, Stop::pause_connection},
    /* quota     */ {Retry::never, true, Suppress::no, Stop::pause_connection},
    /* config    */ {Retry::never, true, Suppress::no, Stop::pause_connection},
    /* plugin    */ {Retry::once, true, Suppress::no, Stop::quarantine},
    /* other     */ {Retry::once, true, Suppress::no, Stop::quarantine},
}};

constexpr Millis first_delay{1'000};
constexpr Millis longest_delay{300'000};

// The upper end of the jitter before the next attempt.
Millis ceiling(int attempt) {
    constexpr int doublings = 9;  // 1 s * 2^9 is over longest_delay
    const int shift = std::clamp(attempt - 1, 0, doublings);
    return std::min(longest_delay, first_delay * (1 << shift));
}

bool listens_to_hint(Retry retry) { return retry == Retry::when_told || retry == Retry::after_hint; }

}  // namespace

std::string_view to_string(Class error_class) { return word_of(classes, error_class); }

Class parse_class(std::string_view word) { return value_of(classes, word).value_or(Class::other); }

const Meaning& meaning(Class error_class) {
    const auto index = static_cast<std::size_t>(error_class);
    return index < meanings.size() ? meanings[index] : meanings.back();
}

std::string failure_reason(std::string_view error_class, std::string_view code) {
    constexpr std::size_t longest = 64;
    std::string reason(error_class);
    if (!code.empty()) reason.append(":").append(code);
    return std::string(utf8_prefix(reason, longest));
}

bool may_retry(Class error_class, int attempt, Millis hint) {
    switch (meaning(error_class).retry) {
        case Retry::never:
            return false;
        case Retry::when_told:
            return hint > Millis::zero();
        case Retry::after_hint:
            return true;
        case Retry::once:
            return attempt <= 1;
    }
    return false;
}

Millis retry_delay(Class error_class, int attempt, Millis hint, std::uint64_t random) {
    const auto top = static_cast<std::uint64_t>(ceiling(attempt).count());
    const Millis jitter(static_cast<Millis::rep>(random % (top + 1)));
    if (!listens_to_hint(meaning(error_class).retry)) return jitter;
    return std::clamp(hint, Millis::zero(), Millis(longest_hint)) + jitter;
}

}  // namespace dakiya::domain
