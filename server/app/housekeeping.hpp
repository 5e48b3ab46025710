// Forgets what has served its time, every ten minutes, a bounded piece at a time: answers kept for repeated
// requests after a day, raw webhooks that were processed after thirty days.
#pragma once

#include <atomic>
#include <thread>

#include "api/idempotency.hpp"
#include "base/bell.hpp"
#include "base/clock.hpp"
#include "store/writer.hpp"

namespace dakiya::app {

class Housekeeping {
public:
    // All must outlive this.
    Housekeeping(store::Writer& writer, api::StoredAnswers& answers, const Clock& clock)
        : writer_(writer), answers_(answers), clock_(clock) {}
    ~Housekeeping();  // as stop()
    Housekeeping(const Housekeeping&) = delete;
    Housekeeping& operator=(const Housekeeping&) = delete;

    void start();
    void stop();

private:
    void run();
    void forget_webhooks();

    store::Writer& writer_;
    api::StoredAnswers& answers_;
    const Clock& clock_;
    Bell bell_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace dakiya::app
