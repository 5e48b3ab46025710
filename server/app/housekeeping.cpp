#include "app/housekeeping.hpp"

#include <spdlog/spdlog.h>

#include "store/webhooks.hpp"

namespace dakiya::app {

namespace {

constexpr Millis round_every{600'000};
constexpr std::int64_t keep_webhooks_ms = 30LL * 24 * 3600 * 1000;
constexpr int at_once = 500;  // rows in one unit: the writer must stay free for messages

}  // namespace

Housekeeping::~Housekeeping() { stop(); }

void Housekeeping::start() {
    thread_ = std::thread([this] { run(); });
}

void Housekeeping::stop() {
    stopping_ = true;
    bell_.ring();
    if (thread_.joinable()) thread_.join();
}

void Housekeeping::run() {
    while (!stopping_) {
        try {
            answers_.tidy();
            forget_webhooks();
        } catch (const std::exception& error) {
            spdlog::error("housekeeping: {}", error.what());
        }
        bell_.wait_for(round_every);
    }
}

void Housekeeping::forget_webhooks() {
    std::uint64_t forgotten = 0;
    do {
        writer_.run([&](store::Session& session) {
            forgotten = store::webhooks::forget(session, clock_.now_ms() - keep_webhooks_ms, at_once);
        });
    } while (forgotten == at_once && !stopping_);
}

}  // namespace dakiya::app
