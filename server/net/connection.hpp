// One TCP or TLS connection to one origin: it opens, then carries one exchange after the other.
// Everything runs on the loop thread; a handler keeps its connection alive.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include "net/dial.hpp"
#include "net/exchange.hpp"
#include "net/reply_reader.hpp"
#include "net/timers.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"

namespace dakiya::net {

// Where a pool's connections lead.
struct Peer {
    Url address;
    bool guarded = true;
    TlsSession session;
};

// What every connection of a client shares.
struct Shared {
    Dial::Line line;
    boost::asio::ssl::context& tls;
    Millis connect;  // time for opening
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    // Called on the loop thread, never from inside a call to the connection.
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void opened(Connection& connection) = 0;
        virtual void open_failed(Connection& connection, Transport why, std::string text) = 0;
        // `one` holds the exchange that is over. Not reusable: the connection is closed.
        virtual void finished(Connection& connection, Exchanges one, Reply reply, bool reusable) = 0;
    };

    Connection(const Shared& shared, std::shared_ptr<Peer> peer, Owner& owner);

    void open();
    // `one` holds one exchange. The connection must be open and at rest.
    void run(Exchanges one);
    // Ends the exchange under way: its owner hears of it as `why`, with an exact `bytes_left`.
    void abort(Transport why, std::string text);
    // The owner hears nothing more. Not while an exchange is under way.
    void close();
    bool busy() const { return !exchange_.empty(); }  // an exchange is under way
    // At rest, did the peer close it or send something that nobody asked for?
    bool stale();

    Steady idle_since{};  // the pool's

private:
    using tcp = boost::asio::ip::tcp;
    using ErrorCode = boost::system::error_code;

    void handshake();
    void handshaken(const ErrorCode& error);
    void open_done();
    void open_failed(Transport why, std::string text);

    void write();
    void wrote(const ErrorCode& error, std::size_t count);
    void read();
    void got(const ErrorCode& error, std::size_t count);
    void advance();
    void reply_is_whole();
    void finish(Reply reply, bool reusable);

    template <class Handler>
    void write_some(boost::asio::const_buffer bytes, Handler&& handler);
    template <class Handler>
    void read_some(boost::asio::mutable_buffer space, Handler&& handler);
    std::string name() const { return authority(peer_->address); }

    Shared shared_;
    std::shared_ptr<Peer> peer_;
    Owner* owner_;
    tcp::socket socket_;
    std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;

    // While opening
    std::shared_ptr<Dial> dial_;
    std::optional<Timers::Handle> open_timer_;

    // While an exchange is under way
    Exchanges exchange_;
    std::optional<ReplyReader> reader_;
    std::size_t sent_ = 0;
    bool bytes_left_ = false;
    bool request_cut_ = false;  // a write failed, yet a reply may be there
    int interim_ = 0;           // 1xx replies so far
    std::optional<Reply> aborted_;

    std::vector<char> in_;
    std::size_t in_size_ = 0;
};

}  // namespace dakiya::net
