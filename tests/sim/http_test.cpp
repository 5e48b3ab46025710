#include "http.hpp"
#include "client.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <thread>

using namespace sim;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// A server in its own thread, and a plain blocking socket to it.
struct Wire {
    asio::io_context io{1};
    Server server{io, 0, [](const Request& request) {
                      Reply reply;
                      reply.body = std::string(request.method) + ' ' + std::string(request.path) + '?' +
                                   std::string(request.query) + ' ' + std::string(request.header("x-a")) +
                                   ' ' + std::string(request.body);
                      reply.cut = request.path == "/cut";
                      if (request.path == "/slow") reply.delay = std::chrono::milliseconds(20);
                      return reply;
                  }};
    std::thread thread{[this] { io.run(); }};
    asio::io_context own;
    tcp::socket socket{own};

    Wire() { socket.connect({asio::ip::address_v4::loopback(), server.port()}); }
    ~Wire() {
        io.stop();
        thread.join();
    }

    // Everything that the server says until it closes.
    std::string talk(const std::string& bytes) {
        asio::write(socket, asio::buffer(bytes));
        socket.shutdown(tcp::socket::shutdown_send);
        std::string answer;
        boost::system::error_code closed;
        asio::read(socket, asio::dynamic_buffer(answer), closed);
        return answer;
    }
};

}  // namespace

TEST_CASE("requests in one packet are answered in order, also slow ones") {
    Wire wire;
    const std::string answer = wire.talk(
        "POST /slow?q=1 HTTP/1.1\r\nHost: a\r\nX-A: one\r\nContent-Length: 2\r\n\r\nhi"
        "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        "GET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::size_t first = answer.find("POST /slow?q=1 one hi");
    const std::size_t second = answer.find("POST /b?  abcde");
    const std::size_t third = answer.find("GET /c?  ");
    REQUIRE(third != std::string::npos);
    CHECK(first < second);
    CHECK(second < third);
}

TEST_CASE("a cut connection closes without a byte") {
    Wire wire;
    CHECK(wire.talk("POST /cut HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").empty());
}

TEST_CASE("what is not HTTP is refused") {
    Wire wire;
    CHECK(wire.talk("what?\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST_CASE("addresses are taken apart") {
    const auto url = parse_url("http://127.0.0.1:8080/a/b?c=1#rc=3");
    REQUIRE(url);
    CHECK(url->origin == "http://127.0.0.1:8080");
    CHECK(url->port == 8080);
    CHECK(url->target == "/a/b?c=1");
    CHECK(parse_url("https://x.test")->port == 443);
    CHECK_FALSE(parse_url("ftp://x"));
    CHECK_FALSE(parse_url("http://x:99999/"));
    CHECK_FALSE(parse_url("http://"));
}
