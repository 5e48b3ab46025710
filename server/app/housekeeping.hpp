// Forgets what has served its time, every ten minutes, a bounded piece at a time: answers kept for repeated
// requests after a day, raw webhooks that were processed after thirty days, limits that nobody drew on after
// two, one-time passwords after seven, people that no limit counts any more, and files that nobody names.
#pragma once

#include <functional>

#include "api/idempotency.hpp"
#include "base/clock.hpp"
#include "base/rounds.hpp"
#include "store/writer.hpp"

namespace dakiya::app {

class Housekeeping {
public:
    // All must outlive this.
    Housekeeping(store::Writer& writer, api::StoredAnswers& answers, const Clock& clock,
                 std::function<void()> advance_epoch,
                 std::function<void(const std::function<bool()>& stopping)> sweep_media);

    void start() { rounds_.start(); }
    void stop() { rounds_.stop(); }

private:
    void forget();
    void in_pieces(const std::function<std::uint64_t(store::Session&)>& forget_some);

    store::Writer& writer_;
    api::StoredAnswers& answers_;
    const Clock& clock_;
    std::function<void()> advance_epoch_;
    std::function<void(const std::function<bool()>& stopping)> sweep_media_;
    Bell bell_;
    Rounds rounds_;
};

}  // namespace dakiya::app
