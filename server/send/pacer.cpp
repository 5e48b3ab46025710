#include "send/pacer.hpp"

#include "send/limits.hpp"

namespace dakiya::send {

namespace {

int take_ready(domain::Bucket& bucket, Steady now, int wanted) {
    int taken = 0;
    for (; taken < wanted && bucket.wait(now) == Millis(0); ++taken) bucket.take(now);
    return taken;
}

}  // namespace

domain::Bucket& Pacer::bucket_of(Id key, double per_second, Steady now) {
    const auto [entry, added] =
        paced_.try_emplace(key, Paced{domain::Bucket(per_second, burst_of(per_second), now), per_second});
    Paced& paced = entry->second;
    if (!added && paced.per_second != per_second) {
        paced.bucket.configure(per_second, burst_of(per_second), now);
        paced.per_second = per_second;
    }
    return paced.bucket;
}

int Pacer::grant(Id key, double per_second, int wanted) {
    if (per_second <= 0 || wanted <= 0) return wanted;
    const std::lock_guard lock(mutex_);
    const Steady now = clock_.steady();
    return take_ready(bucket_of(key, per_second, now), now, wanted);
}

int Pacer::ready(Id key, double per_second, int wanted) {
    if (per_second <= 0 || wanted <= 0) return wanted;
    const std::lock_guard lock(mutex_);
    const Steady now = clock_.steady();
    domain::Bucket copy = bucket_of(key, per_second, now);
    return take_ready(copy, now, wanted);
}

void Pacer::slow_down(Id key, Millis hint) {
    const std::lock_guard lock(mutex_);
    const auto entry = paced_.find(key);
    if (entry != paced_.end()) entry->second.bucket.slow_down(clock_.steady(), hint);
}

}  // namespace dakiya::send
