#include "send/pacer.hpp"

#include "send/limits.hpp"

namespace dakiya::send {

int Pacer::grant(Id key, double per_second, int wanted) {
    if (per_second <= 0 || wanted <= 0) return wanted;
    const std::lock_guard lock(mutex_);
    const Steady now = clock_.steady();
    const auto [entry, added] =
        paced_.try_emplace(key, Paced{domain::Bucket(per_second, burst_of(per_second), now), per_second});
    Paced& paced = entry->second;
    if (!added && paced.per_second != per_second) {
        paced.bucket.configure(per_second, burst_of(per_second), now);
        paced.per_second = per_second;
    }
    int granted = 0;
    while (granted < wanted && paced.bucket.wait(now) == Millis(0)) {
        paced.bucket.take(now);
        ++granted;
    }
    return granted;
}

void Pacer::slow_down(Id key, Millis hint) {
    const std::lock_guard lock(mutex_);
    const auto entry = paced_.find(key);
    if (entry != paced_.end()) entry->second.bucket.slow_down(clock_.steady(), hint);
}

}  // namespace dakiya::send
