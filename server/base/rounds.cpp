#include "base/rounds.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

namespace dakiya {

namespace {

constexpr std::chrono::milliseconds after_trouble{1'000};
constexpr std::size_t name_limit = 15;  // the kernel's

}  // namespace

Rounds::Rounds(std::string name, Bell& bell, std::chrono::milliseconds idle, Work work,
               std::chrono::milliseconds gather)
    : name_(std::move(name)), bell_(bell), idle_(idle), gather_(gather), work_(std::move(work)) {}

Rounds::~Rounds() { stop(); }

void Rounds::start() {
    thread_ = std::thread([this] { run(); });
}

void Rounds::stop() {
    stopping_ = true;
    bell_.ring();
    if (thread_.joinable()) thread_.join();
}

void Rounds::run() {
    pthread_setname_np(pthread_self(), name_.substr(0, name_limit).c_str());
    while (!stopping_) {
        auto wait = idle_;
        try {
            if (work_()) continue;
        } catch (const std::exception& error) {
            spdlog::error("{}: {}", name_, error.what());
            wait = after_trouble;
        }
        if (!stopping_ && gather_.count() > 0) std::this_thread::sleep_for(gather_);
        if (!stopping_) bell_.wait_for(wait);
    }
}

}  // namespace dakiya
