// Rate limits by key ("connection/limit/scope"), with waiting as timers instead of blocked threads.
// Arithmetic is domain/pace. [any thread]
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "net/http.hpp"

namespace dakiya::net {

struct Rate {
    double per_second = 1;  // > 0
    double burst = 1;       // >= 1: how many may go at once after a rest
};

class Limiter {
public:
    // Both must outlive the limiter. Waits run through client.after().
    Limiter(HttpClient& client, const Clock& clock);
    ~Limiter();  // whatever still waits is dropped
    Limiter(const Limiter&) = delete;
    Limiter& operator=(const Limiter&) = delete;

    // Calls `go` once, when the key's turn comes: at once on this thread when nothing has to wait, else on
    // the client's thread. In order within a lane. `defaults` makes the bucket when the key is new. False,
    // and `go` is not kept, when max_waiting wait for this key already.
    bool take(const std::string& key, Rate defaults, Lane lane, std::function<void()> go);

    // Takes one if it may go now: nothing means taken, else how long to wait before asking again.
    std::optional<Millis> try_take(const std::string& key, Rate defaults);

    // The provider said "too many": go slower, and send nothing before `hint` has passed.
    void slow_down(const std::string& key, Millis hint);

    // The configured rate of this key changed. Holds until the next set_rate; such a key is never forgotten.
    void set_rate(const std::string& key, double per_second);

    std::size_t buckets() const;  // known keys; those at rest for ten minutes are forgotten

    static constexpr std::size_t max_waiting = 100'000;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dakiya::net
