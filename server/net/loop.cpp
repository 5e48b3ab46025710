#include "net/loop.hpp"

#include <pthread.h>

#include <algorithm>

#include "net/tls.hpp"

namespace dakiya::net {

Loop::Loop(const std::string& ca_file, std::string_view alpn) : tls_(client_tls(ca_file, alpn)) {}

void Loop::start(const char* thread, Millis idle, std::function<void(Steady)> sweep) {
    sweep_ = std::move(sweep);
    pause_ = std::clamp(idle / 2, Millis(10), Millis(1000));
    this->sweep();
    thread_ = std::thread([this, thread] {
        pthread_setname_np(pthread_self(), thread);
        io_.run();
    });
}

void Loop::sweep() {
    const Steady now = std::chrono::steady_clock::now();
    sweep_(now);
    timers_.add(now + pause_, [this] { sweep(); });
}

void Loop::stop(std::function<void()> last) {
    post([this, last = std::move(last)] {
        stopping_ = true;
        timers_.stop();
        resolver_.cancel();
        last();
        alive_.reset();
    });
    thread_.join();
}

}  // namespace dakiya::net
