// Worker threads that run short pieces of work in the order in which they come. [any thread]
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/queue.hpp"

namespace dakiya {

class Pool {
public:
    using Work = std::function<void()>;

    // What work throws is logged, and the next piece comes: whoever waits for the end of work hears nothing.
    // Without threads nothing runs until run_one() is called, and what is left at the end is dropped.
    Pool(std::string name, std::size_t threads);
    ~Pool();  // as stop()
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Runs what was posted, then ends the threads; what is posted later is dropped. Not from a worker.
    void stop();

    void post(Work work);
    void post_all(std::vector<Work> work);

    // Runs the oldest piece that waits on the caller's thread, who hears what it throws: how tests/simulate
    // steps a pool without threads. False when there is none.
    bool run_one();

private:
    Queue<Work> queue_;
    std::vector<std::thread> threads_;
};

}  // namespace dakiya
