// Providers that may not be called for now, because they broke rules or crashed too often
// (docs/design.md 6.2). [any thread]
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace dakiya::plugin {

enum class Fault { broken_rule, crash };

class Quarantine {
public:
    // Called once for each provider that enters, without a lock.
    using Entered = std::function<void(const std::string& provider, const std::string& reason)>;

    explicit Quarantine(const Clock& clock, Entered entered = {})
        : clock_(clock), entered_(std::move(entered)) {}

    // Three broken rules or two crashes within ten minutes are one too many. `sentence` says what happened
    // and becomes part of the reason.
    void note(std::string_view provider, Fault kind, std::string_view sentence);

    std::optional<std::string> reason(std::string_view provider) const;  // nothing: not in quarantine

    void release(std::string_view provider);  // forgets its faults too

private:
    struct Case {
        std::array<std::deque<Steady>, 2> faults;  // by Fault, within the last ten minutes
        std::optional<std::string> reason;
    };

    const Clock& clock_;
    const Entered entered_;
    mutable std::mutex mutex_;
    std::map<std::string, Case, std::less<>> cases_;
};

}  // namespace dakiya::plugin
