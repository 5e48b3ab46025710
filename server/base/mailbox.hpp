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
            if (items_.size() > 1) return;  // rung already
        }
        bell.ring();
    }

    std::vector<T> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(items_, {});
    }

    Bell bell;

private:
    std::mutex mutex_;
    std::vector<T> items_;
};

}  // namespace dakiya
