// A client's thread, and what all its connections share: the event loop, TLS, the resolver, deadlines.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>

#include "net/dial.hpp"
#include "net/timers.hpp"

namespace dakiya::net {

class Loop {
public:
    // Whom TLS trusts and what it offers: as for client_tls(), which may throw.
    Loop(const std::string& ca_file, std::string_view alpn);
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // thread: its name, 15 characters at most. `sweep` looks twice within `idle` (but at most a hundred times
    // a second and at least once) for what was unused too long.
    void start(const char* thread, Millis idle, std::function<void(Steady now)> sweep);
    // After start(), not on the loop's own thread. `last` ends what is under way; the thread ends with the
    // last handler, and is joined.
    void stop(std::function<void()> last);

    // From any thread.
    template <class Work>
    void post(Work&& work) {
        boost::asio::post(io_, std::forward<Work>(work));
    }

    // [loop thread]
    bool stopping() const { return stopping_; }
    Dial::Line line(const GuardOptions& guard) { return {io_, timers_, resolver_, guard}; }
    boost::asio::io_context& io() { return io_; }
    boost::asio::ssl::context& tls() { return tls_; }

private:
    void sweep();

    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> alive_{io_.get_executor()};
    boost::asio::ssl::context tls_;
    boost::asio::ip::tcp::resolver resolver_{io_};
    Timers timers_{io_};
    std::function<void(Steady now)> sweep_;
    Millis pause_{};
    bool stopping_ = false;

    std::thread thread_;
};

}  // namespace dakiya::net
