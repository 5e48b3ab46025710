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

    // Work must not throw; what it throws all the same ends the process, for it is a bug.
    Pool(std::string name, std::size_t threads);
    ~Pool();  // runs what was posted, then ends
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    void post(Work work);
    void post_all(std::vector<Work> work);

private:
    Queue<Work> queue_;
    std::vector<std::thread> threads_;
};

}  // namespace dakiya
