#include <csignal>
#include <cstdio>

#include <spdlog/spdlog.h>

#include "app/cli/commands.hpp"
#include "app/wiring.hpp"

namespace dakiya::app {

int serve(const Config& config) {
    log::start(config.log);
    // Blocked before the first thread exists, so that all threads inherit it and sigwait() gets them.
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM}) sigaddset(&ends, signal);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    auto wiring = Wiring::make(config);
    if (!wiring) return fail(wiring.error());
    // For programs that started us with port 0.
    std::printf("{\"port\":%u}\n", (*wiring)->port());
    std::fflush(stdout);

    int signal = 0;
    sigwait(&ends, &signal);
    spdlog::info("stopping: what is on its way may end");
    wiring->reset();
    spdlog::info("stopped");
    return 0;
}

}  // namespace dakiya::app
