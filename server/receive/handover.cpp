#include "receive/handover.hpp"

#include <utility>

namespace dakiya::receive {

namespace {

constexpr std::size_t most_bytes = 8U << 20U;
constexpr std::size_t row_bytes = 1'000;  // about, of one beside its texts

std::size_t size_of(const store::Webhook& webhook) {
    return row_bytes + webhook.body.size() + webhook.headers.size() + webhook.url.size();
}

}  // namespace

bool Handover::admit(const store::Webhook& webhook) {
    const std::lock_guard lock(mutex_);
    if (bytes_ == 0) full_ = false;
    full_ = full_ || bytes_ + size_of(webhook) > most_bytes;
    if (!full_) bytes_ += size_of(webhook);
    return !full_;
}

void Handover::put(store::Webhook webhook) {
    const std::lock_guard lock(mutex_);
    stored_.push_back(std::move(webhook));
}

void Handover::give_up(const store::Webhook& webhook) {
    const std::lock_guard lock(mutex_);
    bytes_ -= size_of(webhook);
}

std::vector<store::Webhook> Handover::take(std::size_t most, std::int64_t now_ms) {
    std::vector<store::Webhook> taken;
    const std::lock_guard lock(mutex_);
    for (; !stored_.empty() && taken.size() < most; stored_.pop_front()) {
        bytes_ -= size_of(stored_.front());
        if (stored_.front().due_at > now_ms) taken.push_back(std::move(stored_.front()));
    }
    return taken;
}

}  // namespace dakiya::receive
