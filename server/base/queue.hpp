// A queue between threads with a bound and an end. [any thread]
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace dakiya {

template <class T>
class Queue {
public:
    explicit Queue(std::size_t bound) : bound_(bound) {}

    // Waits while full. False when closed: the item was not taken.
    bool push(T item) {
        {
            std::unique_lock lock(mutex_);
            space_.wait(lock, [this] { return closed_ || items_.size() < bound_; });
            if (closed_) return false;
            items_.push_back(std::move(item));
        }
        filled_.notify_one();
        return true;
    }

    // All of them under one lock, beyond the bound if need be. False when closed.
    bool push_all(std::vector<T> items) {
        {
            const std::lock_guard lock(mutex_);
            if (closed_) return false;
            for (T& item : items) items_.push_back(std::move(item));
        }
        filled_.notify_all();
        return true;
    }

    // Waits for one. Nothing when closed and empty.
    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
        if (items_.empty()) return std::nullopt;
        T item = std::move(items_.front());
        items_.pop_front();
        lock.unlock();
        space_.notify_one();
        return item;
    }

    // One that is there already, without waiting.
    std::optional<T> try_pop() {
        std::unique_lock lock(mutex_);
        if (items_.empty()) return std::nullopt;
        T item = std::move(items_.front());
        items_.pop_front();
        lock.unlock();
        space_.notify_one();
        return item;
    }

    // Waits for one, takes up to `most` without waiting further. Empty only when closed and empty.
    std::vector<T> pop_some(std::size_t most) {
        std::vector<T> taken;
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
        while (!items_.empty() && taken.size() < most) {
            taken.push_back(std::move(items_.front()));
            items_.pop_front();
        }
        lock.unlock();
        space_.notify_all();
        return taken;
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        filled_.notify_all();
        space_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable filled_, space_;
    std::deque<T> items_;
    const std::size_t bound_;
    bool closed_ = false;
};

}  // namespace dakiya
