// How much of a campaign a server holds, and how much of that it marks. Pure.
//
// It takes a further chunk when what it has would not last until it has one, and no more than that, for what
// it holds no other server can send, and the last chunks of a campaign are to end on all servers at once. It
// marks what keeps the connections busy until the next commit, and no more: what is marked goes out although
// the campaign is paused meanwhile, and is in doubt after a crash.
#pragma once

#include <cstddef>

#include "base/clock.hpp"

namespace dakiya::domain {

// Messages of one campaign that one server has.
struct Supply {
    std::size_t on_the_way = 0;
    std::size_t waiting = 0;  // in its chunks, not begun yet; also of chunks that are only asked for
};

// How fast a campaign's messages leave this server, of late: a slow provider's answers may come in bursts,
// one for each connection at once. Not thread-safe.
class Throughput {
public:
    void note(std::size_t messages, Steady now);
    double per_second() const { return per_second_; }  // 0: not known yet
    Steady last() const { return since_; }             // when it was reckoned

private:
    double per_second_ = 0;
    std::size_t messages_ = 0;
    Steady since_{};
};

// in_flight: how many messages must be on their way so that no connection is idle.
bool lasts(const Supply& supply, double per_second, std::size_t in_flight);

// How many messages may be marked and not ended. in_flight: how many the connections carry at once.
// micro_batch: so many wait for a connection at least.
std::size_t most_marked(double per_second, std::size_t in_flight, std::size_t micro_batch);

}  // namespace dakiya::domain
