// Answers for a loop that never blocks: anyone puts them in, the loop takes them all and is woken for the
// first. Held by shared_ptr in callbacks, it outlives the loop: what comes too late falls in here and is
// forgotten. [any thread]
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "base/bell.hpp"

namespace dakiya {

template <class T>
class Mailbox {
public:
    void put(T item) {
        {
            const std::lock_guard lock(mutex_);
            items_.push_back(std::move(item));
            if (std::exchange(rung_, true)) return;
        }
        bell.ring();
    }

    // What can wait for the next ring while the loop has no use for it.
    void put_quietly(T item) {
        {
            const std::lock_guard lock(mutex_);
            items_.push_back(std::move(item));
            if (hushed_ || std::exchange(rung_, true)) return;
        }
        bell.ring();
    }

    // [the loop] Whether put_quietly() wakes it. What came meanwhile does so when it does again.
    void hush(bool hushed) {
        {
            const std::lock_guard lock(mutex_);
            hushed_ = hushed;
            if (hushed_ || items_.empty() || std::exchange(rung_, true)) return;
        }
        bell.ring();
    }

    std::vector<T> take() {
        const std::lock_guard lock(mutex_);
        rung_ = false;
        return std::exchange(items_, {});
    }

    Bell bell;

private:
    std::mutex mutex_;
    std::vector<T> items_;
    bool rung_ = false;  // since the last take()
    bool hushed_ = false;
};

}  // namespace dakiya
