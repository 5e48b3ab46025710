// Wakes an engine. A ring while nobody waits is remembered, so no wake-up is lost. [any thread]
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace dakiya {

class Bell {
public:
    void ring() {
        {
            const std::lock_guard lock(mutex_);
            rung_ = true;
        }
        wake_.notify_all();
    }

    // True when it was rung, false when the time passed.
    bool wait_for(std::chrono::milliseconds limit) {
        std::unique_lock lock(mutex_);
        const bool rung = wake_.wait_for(lock, limit, [this] { return rung_; });
        rung_ = false;
        return rung;
    }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool rung_ = false;
};

}  // namespace dakiya
