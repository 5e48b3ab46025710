// How many messages of a campaign may be marked now: as many as have a permit waiting for them, of the
// campaign's own pace and of the provider's limit. So a marked message hardly waits, and what a crash leaves
// uncertain stays small. The permits themselves are the limiter's (net/limiter). [any thread]
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "net/limiter.hpp"

namespace dakiya::send {

class Pacer {
    struct State;

public:
    explicit Pacer(net::Limiter& limiter, const Clock& clock);

    struct Campaign {
        Id id = 0;
        double per_second = 0;  // messages, by its own pace; 0: none
        double limit = 0;       // calls, by the provider; 0: none published
        int batch = 1;          // most messages in a call
    };
    // At most `wanted` messages. Which limit the calls draw on is the plugin's to say, so the first call of a
    // campaign goes alone.
    int room(const Campaign& campaign, int wanted);

    // Messages between their mark and their limits. They have no permit yet and the limiter does not know
    // them, so the next room() must. What is left ends with the object.
    class Place {
    public:
        Place(std::shared_ptr<State> state, Id campaign, int messages, int calls);
        ~Place();
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        // So many of them wait for the campaign's own pace now.
        void at_pace(int messages);
        // One call, and the limit that it waits for; "" when there is none.
        void at_limit(const std::string& key, double per_second);

    private:
        const std::shared_ptr<State> state_;
        const Id campaign_;
        std::string key_;  // whose calls these are counted as; empty: of the campaign
        int messages_, calls_;
    };
    std::shared_ptr<Place> place(const Campaign& campaign, int messages);

private:
    std::shared_ptr<State> state_;
};

// What so many messages of a campaign draw on its own pace; nothing without a pace.
std::optional<net::Limiter::Draw> pace_of(Id campaign, int per_second, int messages);

}  // namespace dakiya::send
