#include "base/pool.hpp"

#include <algorithm>

#include <pthread.h>
#include <spdlog/spdlog.h>

namespace dakiya {

namespace {

constexpr std::size_t unbounded = SIZE_MAX;  // posters must never wait: they are loops themselves
constexpr std::size_t at_once = 32;          // taken per lock

// The wall of the workers.
void run(const std::string& name, const Pool::Work& piece) {
    try {
        piece();
    } catch (const std::exception& error) {
        spdlog::error("{}: a piece of work failed: {}", name, error.what());
    }
}

}  // namespace

Pool::Pool(std::string name, std::size_t threads) : queue_(unbounded) {
    name.resize(std::min<std::size_t>(name.size(), 15));  // the kernel's limit
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this, name] {
            pthread_setname_np(pthread_self(), name.c_str());
            for (auto work = queue_.pop_some(at_once); !work.empty(); work = queue_.pop_some(at_once))
                for (const Work& piece : work) run(name, piece);
        });
}

Pool::~Pool() { stop(); }

void Pool::stop() {
    queue_.close();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

bool Pool::run_one() {
    const auto work = queue_.try_pop();
    if (work) (*work)();
    return work.has_value();
}

void Pool::post(Work work) { queue_.push(std::move(work)); }

void Pool::post_all(std::vector<Work> work) { queue_.push_all(std::move(work)); }

}  // namespace dakiya
