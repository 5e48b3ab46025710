#include "commands.hpp"
#include "open_loop.hpp"
#include "wire.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

namespace load {

using boost::asio::ip::tcp;
using boost::system::error_code;
using dakiya::Json;

namespace {

struct Counts {
    std::size_t opened = 0;    // idle clients that had an answer
    std::size_t closed = 0;    // of them, by the server
    std::size_t slow_cut = 0;  // slow writers that the server cut off
};

// Asks once, keeps the connection, and waits.
class IdleClient : public std::enable_shared_from_this<IdleClient> {
public:
    IdleClient(boost::asio::io_context& io, Counts& counts) : socket_(io), counts_(counts) {}

    void start(const tcp::endpoint& server, const std::string& request, std::function<void()> opened) {
        opened_ = std::move(opened);
        socket_.async_connect(server, [self = shared_from_this(), &request](error_code ec) {
            if (ec) throw std::runtime_error("an idle client cannot connect: " + ec.message());
            boost::asio::async_write(self->socket_, boost::asio::buffer(request),
                                     [self](error_code failed, std::size_t) {
                                         if (!failed) return self->read();
                                         self->lost();
                                     });
        });
    }

private:
    void read() {
        socket_.async_read_some(boost::asio::buffer(in_),
                                [self = shared_from_this()](error_code ec, std::size_t) {
                                    if (ec) return self->lost();
                                    if (const auto opened = std::exchange(self->opened_, nullptr)) {
                                        ++self->counts_.opened;
                                        opened();
                                    }
                                    self->read();
                                });
    }
    void lost() {
        if (opened_) throw std::runtime_error("the server closed an idle client before its first answer");
        ++counts_.closed;
    }

    tcp::socket socket_;
    Counts& counts_;
    std::function<void()> opened_;
    std::array<char, 1024> in_{};
};

// Writes a header byte by byte and never ends it. Connects again when it is cut off.
class SlowWriter : public std::enable_shared_from_this<SlowWriter> {
public:
    SlowWriter(boost::asio::io_context& io, Counts& counts, tcp::endpoint server)
        : io_(io), counts_(counts), server_(std::move(server)), socket_(io), timer_(io) {}

    void start() {
        socket_ = tcp::socket(io_);
        at_ = 0;
        socket_.async_connect(server_, [self = shared_from_this()](error_code ec) {
            if (ec) return self->cut();
            self->write();
        });
    }

private:
    void write() {
        static const std::string head = "POST /v1/messages HTTP/1.1\r\nHost: slow\r\nX-Slow: ";
        const char* byte = at_ < head.size() ? &head[at_] : "a";
        ++at_;
        boost::asio::async_write(socket_, boost::asio::buffer(byte, 1),
                                 [self = shared_from_this()](error_code ec, std::size_t) {
                                     if (ec) return self->cut();
                                     self->pause([self] { self->write(); });
                                 });
    }
    void cut() {
        ++counts_.slow_cut;
        error_code ignored;  // it is closed already
        socket_.close(ignored);
        pause([self = shared_from_this()] { self->start(); });
    }
    void pause(std::function<void()> then) {
        timer_.expires_after(std::chrono::seconds(1));
        timer_.async_wait([then = std::move(then)](error_code ec) {
            if (!ec) then();
        });
    }

    boost::asio::io_context& io_;
    Counts& counts_;
    tcp::endpoint server_;
    tcp::socket socket_;
    boost::asio::steady_timer timer_;
    std::size_t at_ = 0;
};

}  // namespace

Json idle(const Idle& plan) {
    constexpr std::size_t connecting_at_once = 200;  // well below the backlog of any server
    boost::asio::io_context io;
    const sim::Url url = url_of(plan.url);
    const tcp::endpoint server(boost::asio::ip::make_address(url.host), url.port);
    const std::string request = request_text("GET", url, "", "");
    Counts counts, at_start;
    Latencies health;
    std::size_t failed = 0;

    sim::Client client(io);
    client.set_limits(16, std::chrono::seconds(30));
    auto left = static_cast<std::int64_t>(plan.per_second * plan.seconds);
    std::int64_t answers = left;
    OpenLoop loop(io, plan.per_second, [&](std::int64_t due) {
        client.send(url, request, [&, due](sim::Answer answer) {
            health.add(now_us() - due);
            failed += answer.status != 200;
            if (--answers == 0) io.stop();
        });
        return --left > 0;
    });

    std::size_t begun = 0;
    const std::function<void()> next = [&] {
        if (counts.opened == plan.idle) {
            at_start = counts;
            for (std::size_t i = 0; i < plan.slow; ++i)
                std::make_shared<SlowWriter>(io, counts, server)->start();
            loop.start();
        }
        if (begun == plan.idle) return;
        ++begun;
        std::make_shared<IdleClient>(io, counts)->start(server, request, next);
    };
    for (std::size_t i = 0; i < std::min(connecting_at_once, plan.idle); ++i) next();
    if (plan.idle == 0) next();
    io.run();
    return {{"idle", plan.idle}, {"idle_closed", counts.closed - at_start.closed},
            {"slow", plan.slow}, {"slow_cut", counts.slow_cut},
            {"failed", failed},  {"health", health.summary()}};
}

}  // namespace load
