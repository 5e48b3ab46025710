// Where a limiter gets its permits from: the place that all servers share. Behind an interface, because that
// place is the store (send/shared_grants).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace dakiya::net {

struct GrantRequest {
    std::string key;
    double per_second = 1;  // > 0: what the settings say of this key
    int wanted = 1;         // > 0
    bool urgent = false;    // somebody waits for an answer: not a campaign
};

// `count` permits, each for its own moment of this process's clock.
struct Granted {
    int count = 0;
    Steady first{};
    std::chrono::nanoseconds every{0};
    Steady again{};          // count 0: to be asked again then
    Steady blocked_until{};  // the provider said when to go on
};

class GrantSource {
public:
    virtual ~GrantSource() = default;
    // Nothing: the store is away. `answer` is called once, on this thread or another, and must not block.
    using Answer = std::function<void(const std::optional<Granted>&)>;
    virtual void ask(const GrantRequest& request, Answer answer) = 0;
    // The provider said "too fast"; hint: nothing goes before (0: it did not say).
    virtual void slow_down(const std::string& key, Millis hint) = 0;
    // The provider said that the limit of this key is not `per_second`, as the settings say, but `reported`.
    virtual void report(const std::string& key, double per_second, double reported) = 0;
};

}  // namespace dakiya::net
