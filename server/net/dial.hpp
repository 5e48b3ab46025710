// Connects to a host: resolve, let the guard look at every address, try one after the other. [loop thread]
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "net/guard.hpp"
#include "net/http.hpp"
#include "net/timers.hpp"

namespace dakiya::net {

class Dial : public std::enable_shared_from_this<Dial> {
    using tcp = boost::asio::ip::tcp;
    using ErrorCode = boost::system::error_code;

public:
    struct Line {  // what every call of a client shares; all outlive the dial
        boost::asio::io_context& io;
        Timers& timers;
        tcp::resolver& resolver;
        const GuardOptions& guard;
    };
    struct To {
        std::string host, name;  // name: how texts call it
        std::uint16_t port = 0;
        bool guarded = true;  // false: the operator named the address
    };
    // Connected when `why` is ok.
    using Done = std::function<void(Transport why, std::string text, tcp::socket socket)>;

    Dial(const Line& line, To to);

    // `done` is called once, unless the dial is cancelled before. Addresses share the time until `by`; that
    // it passed is the caller's to see.
    void start(Steady by, Done done);
    void cancel();
    // Its time is over: `done` is called with `connect`.
    void expire();

private:
    void use(const tcp::resolver::results_type& found);
    void connect_next(ErrorCode last);
    void connected(const ErrorCode& error);
    void end(Transport why, std::string text);
    void drop_timer();

    const Line line_;
    const To to_;
    tcp::socket socket_;
    std::vector<tcp::endpoint> endpoints_;  // checked by the guard, the next one last
    Steady by_{};
    std::optional<Timers::Handle> timer_;  // of the address that is tried
    Done done_;                            // empty: over
};

}  // namespace dakiya::net
