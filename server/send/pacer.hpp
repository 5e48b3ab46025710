// How many campaign messages may be begun now on a connection: the provider's limit, slowed down when it
// says so. Asked before messages are marked, so that a marked message does not wait. [any thread]
#pragma once

#include <mutex>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "domain/pace.hpp"

namespace dakiya::send {

class Pacer {
public:
    explicit Pacer(const Clock& clock) : clock_(clock) {}

    // Up to `wanted` permits from the bucket of `key` (a connection or a campaign). per_second 0: no limit.
    // Permits that are not used are lost.
    int grant(Id key, double per_second, int wanted);
    // How many grant() would give now. Takes none.
    int ready(Id key, double per_second, int wanted);
    // The provider said "too fast".
    void slow_down(Id key, Millis hint);

private:
    struct Paced {
        domain::Bucket bucket;
        double per_second;
    };
    domain::Bucket& bucket_of(Id key, double per_second, Steady now);

    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<Id, Paced> paced_;
};

}  // namespace dakiya::send
