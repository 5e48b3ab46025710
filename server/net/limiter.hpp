// Lets requests go at the rate of their key ("connection/limit:scope"), with waiting as timers instead of
// blocked threads. Permits come in slices from a GrantSource that all servers share, and each is for its own
// moment; the next slice is asked for before the present one ends. Nobody waits for the source while a slice
// lasts. [any thread]
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "net/grant_source.hpp"
#include "net/http.hpp"

namespace dakiya::net {

class Limiter {
public:
    // All must outlive the limiter. Waits run through client.after().
    Limiter(HttpClient& client, GrantSource& source, const Clock& clock);
    ~Limiter();  // whatever still waits is dropped
    Limiter(const Limiter&) = delete;
    Limiter& operator=(const Limiter&) = delete;

    // What draws on a key, and until when that makes sense.
    struct Draw {
        std::string key;
        double per_second = 1;  // > 0: what the settings say of the key
        int permits = 1;        // > 0
        Lane lane = Lane::single;
        std::optional<Steady> not_after;
    };
    // How the wait ended.
    struct Turn {
        bool go = true;  // false: it would have become later than not_after
        Millis wait{0};  // then: about how long until the key is free
    };
    // Calls `done` once, when the key's turn comes or cannot come in time: at once on this thread when
    // nothing has to wait, else on the client's thread. In order within a lane. False, and `done` is not
    // kept, when max_waiting wait for this key already.
    bool take(Draw draw, std::function<void(const Turn&)> done);

    // How many more requests would find a permit that is here already and soon due, at most `wanted` (> 0).
    // When fewer than `ahead` (>= wanted) are here, more are asked for, so that the answer is a better one
    // soon.
    int room(const std::string& key, double per_second, int wanted, int ahead);

    // The provider said "too many": go slower, on every server, and send nothing before `told` has passed
    // (at most domain::longest_hint).
    void slow_down(const std::string& key, Millis told);

    // The provider said that the rate of this key is not `per_second`, as the settings say, but `reported`.
    void report(const std::string& key, double per_second, double reported);

    std::size_t keys() const;  // known ones; those at rest for ten minutes are forgotten

    static constexpr std::size_t max_waiting = 100'000;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dakiya::net
