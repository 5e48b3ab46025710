// Many deadlines over one Asio timer, because most are cancelled before they are due. [loop thread]
#pragma once

#include <functional>
#include <map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.hpp"

namespace dakiya::net {

class Timers {
    using Entries = std::multimap<Steady, std::function<void()>>;

public:
    using Handle = Entries::iterator;  // valid until its work begins or it is cancelled

    explicit Timers(boost::asio::io_context& io) : timer_(io) {}

    Handle add(Steady when, std::function<void()> work);
    void cancel(Handle handle) { entries_.erase(handle); }
    // Nothing runs any more, and the loop may end. Handles stay good for cancel().
    void stop();

private:
    void arm();
    void run_due();

    boost::asio::steady_timer timer_;
    Entries entries_;
    Steady armed_for_ = Steady::max();
    bool stopped_ = false;
};

}  // namespace dakiya::net
