// The HTTP client of the webhooks: connections to servers on this machine, kept alive, a bounded number to
// each. One thread.
#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sim {

// http://127.0.0.1:8080/path?query
struct Url {
    std::string origin;  // http://127.0.0.1:8080
    std::string host;    // 127.0.0.1
    unsigned short port = 80;
    std::string target;  // /path?query
};
std::optional<Url> parse_url(std::string_view text);  // http and https; drops a fragment

struct Answer {
    int status = 0;  // 0 = there was no answer, `text` says why
    std::string text;
};

class Client {
public:
    using Done = std::function<void(Answer)>;

    explicit Client(boost::asio::io_context& io);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void set_limits(std::size_t connections, std::chrono::milliseconds timeout);

    // `request` is the whole request as on the wire. `done` is called once, never from inside this call.
    void send(const Url& url, std::string request, Done done);
    std::size_t waiting() const;  // requests that have no answer yet

private:
    struct Limits {
        std::size_t connections = 16;
        std::chrono::milliseconds timeout{10'000};
    };
    struct Job {
        std::string request;
        Done done;
    };
    class Line;
    struct Pool;

    boost::asio::io_context& io_;
    Limits limits_;
    std::map<std::string, std::unique_ptr<Pool>> pools_;  // by host:port
};

}  // namespace sim
