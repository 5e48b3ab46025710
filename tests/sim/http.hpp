// A small HTTP/1.1 server for one thread: keep-alive, pipelining, chunked and plain bodies.
// Beast's parser without its containers: a request is views into one buffer of the connection, because the
// simulator must answer much faster than the server that it judges can ask.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim {

// The views are valid until the handler returns.
struct Request {
    std::string_view method;
    std::string_view target;  // as on the wire
    std::string_view path;    // before '?'
    std::string_view query;   // after '?', still encoded
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    std::string_view body;

    // The value of the first header of that name (any case), or empty.
    std::string_view header(std::string_view name) const;
    // The media type of Content-Type without its parameters.
    std::string_view content_type() const;
};

struct Reply {
    int status = 200;
    std::string body{};
    std::string_view type = "application/json";
    std::string headers{};  // further header lines, each ended by \r\n
    bool cut = false;       // close the connection without an answer
    std::chrono::milliseconds delay{0};
};

using Handler = std::function<Reply(const Request&)>;

// Listens on 127.0.0.1. Must live as long as the io_context runs: its connections use the handler.
class Server {
public:
    static constexpr std::uint64_t max_body =
        17 * 1024 * 1024;  // the largest media of the contracts, and its form

    // Port 0 takes a free one. Throws boost::system::system_error when the port is taken.
    Server(boost::asio::io_context& io, unsigned short port, Handler handler);
    unsigned short port() const { return port_; }

private:
    void accept();

    boost::asio::ip::tcp::acceptor acceptor_;
    Handler handler_;
    unsigned short port_;
};

}  // namespace sim
