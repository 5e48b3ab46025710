// An engine's thread: round after round of work, woken by a bell, until it is told to stop. The wall for
// exceptions of engines (docs/design.md 7): what a round throws is logged, and the next one comes a second
// later.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "base/bell.hpp"

namespace dakiya {

class Rounds {
public:
    // One round. True: there is more to do at once; false: wait for the bell, at most `idle`.
    using Work = std::function<bool()>;

    // gather: after a round without more to do the bell is not heeded for so long, so that what comes one by
    // one is worked on together.
    Rounds(std::string name, Bell& bell, std::chrono::milliseconds idle, Work work,
           std::chrono::milliseconds gather = {});
    ~Rounds();  // as stop()
    Rounds(const Rounds&) = delete;
    Rounds& operator=(const Rounds&) = delete;

    void start();
    void stop();  // waits for the round that runs
    // For long rounds, to end early. [any thread]
    bool stopping() const { return stopping_; }

private:
    void run();

    const std::string name_;
    Bell& bell_;
    const std::chrono::milliseconds idle_, gather_;
    const Work work_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace dakiya
