// Stops calling what does not work. Closed: everything passes. Open: nothing passes until the cool-down is
// over. Half open: one probe passes, and its outcome decides. Keys are the caller's (a connection). [any
// thread]
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"

namespace dakiya::net {

struct BreakerOptions {
    std::size_t in_a_row = 10;   // failures that open it
    std::size_t window = 50;     // … or more than half of this many outcomes
    Millis window_time{30'000};  // when all of them are younger than this
    Millis first_wait{5'000};    // cool-down; doubles each time a probe fails
    Millis longest_wait{60'000};
};

class Breaker {
public:
    enum class State { closed, open, half_open };

    explicit Breaker(const Clock& clock, BreakerOptions options = {});  // the clock must outlive it

    // Nothing: go ahead, and report the outcome. Else how long to wait before asking again. A probe whose
    // outcome is never reported is forgotten after the cool-down.
    std::optional<Millis> ask(const std::string& key);
    void succeeded(const std::string& key);
    void failed(const std::string& key);
    State state(const std::string& key) const;

private:
    struct Outcome {
        Steady at;
        bool good;
    };
    struct Circuit {
        State state = State::closed;
        std::size_t in_a_row = 0;       // failures since the last success
        std::vector<Outcome> outcomes;  // a ring of the last `window`
        std::size_t next = 0;           // its oldest entry once it is full
        Millis wait{0};                 // of the present or last cool-down
        Steady retry_at{};              // end of the cool-down, or when a silent probe is given up
    };
    void remember(Circuit& circuit, bool good) const;
    bool mostly_bad(const Circuit& circuit) const;
    void open(Circuit& circuit, Millis wait) const;

    const Clock& clock_;
    const BreakerOptions options_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Circuit> circuits_;
};

}  // namespace dakiya::net
