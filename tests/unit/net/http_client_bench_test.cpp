// How fast the client is: `unit_net [.bench]`. Hidden, because the answer depends on the machine.
#include <time.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <memory>
#include <thread>

#include <boost/asio.hpp>

#include "client.hpp"
#include "net/http_client.hpp"

namespace dakiya::net::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// As little as can answer: a reply of 207 bytes to whatever ends one request of a known size.
class Answering : public std::enable_shared_from_this<Answering> {
public:
    explicit Answering(tcp::socket socket) : socket_(std::move(socket)) {}

    void read() {
        socket_.async_read_some(asio::buffer(space_), [self = shared_from_this()](auto error, std::size_t) {
            if (!error) self->write();  // the client sends one request at a time, in one piece
        });
    }

private:
    void write() {
        static const std::string reply =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 142\r\n\r\n" +
            std::string(142, 'x');
        asio::async_write(socket_, asio::buffer(reply), [self = shared_from_this()](auto error, std::size_t) {
            if (!error) self->read();
        });
    }

    tcp::socket socket_;
    char space_[4096];
};

struct FastServer {
    FastServer() { accept(); }
    ~FastServer() {
        io.stop();
        thread.join();
    }
    void accept() {
        acceptor.async_accept([this](auto error, tcp::socket socket) {
            if (error) return;
            socket.set_option(tcp::no_delay(true));
            std::make_shared<Answering>(std::move(socket))->read();
            accept();
        });
    }

    asio::io_context io{1};
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    std::thread thread{[this] { io.run(); }};
};

double thread_cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

TEST_CASE("Keep-alive requests per second, 64 open, on one core", "[.bench]") {
    constexpr int total = 300'000;
    constexpr int open = 64;
    FastServer server;
    BeastClient client(local_options());
    Request request =
        post("http://127.0.0.1:" + std::to_string(server.acceptor.local_endpoint().port()) + "/v1/messages",
             std::string(399, 'b'));
    request.headers = {{"content-type", "application/json"}, {"authorization", "Bearer 0123456789abcdef"}};
    int started = open;
    int finished = 0;
    int failed = 0;
    double cpu = 0;
    std::promise<void> all;
    Done done = [&](const Reply& reply) {
        if (reply.status != 200) ++failed;
        if (started < total) {
            ++started;
            client.perform(request, done);
        }
        if (++finished == total) {
            cpu = thread_cpu_seconds();
            all.set_value();
        }
    };
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < open; ++i) client.perform(request, done);
    wait(all.get_future());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << total / took.count() << " requests/s, " << took.count() / total * 1e6 << " us each, "
              << cpu / total * 1e6 << " us CPU of the client's thread each\n";
    CHECK(failed == 0);
}

}  // namespace
}  // namespace dakiya::net::test
