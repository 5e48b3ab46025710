#include <catch2/catch.hpp>
#include <mutex>

#include "certificate.hpp"
#include "client.hpp"
#include "net/http_client.hpp"
#include "server.hpp"

namespace dakiya::net::test {
namespace {

void serve(Peer& peer) {
    while (!peer.read_request().empty()) peer.send_reply("safe");
}

struct Fixture {
    Authority authority;

    ClientOptions options() const {
        ClientOptions trusting = local_options();
        trusting.ca_file = authority.file();
        return trusting;
    }
};

TEST_CASE_METHOD(Fixture, "A certificate that fits is accepted, by name and by address") {
    const auto tls = authority.serve("DNS:localhost,IP:127.0.0.1");
    Server server(serve, tls.get());
    BeastClient client(options());
    for (const auto host : {"localhost", "127.0.0.1"}) {
        for (int i = 0; i < 3; ++i) {
            const Reply reply = call(client, post(server.url("/", host)));
            INFO(reply.text);
            CHECK(reply.transport == Transport::ok);
            CHECK(reply.body == "safe");
        }
    }
    CHECK(server.accepted() == 2);  // one for each origin
}

TEST_CASE_METHOD(Fixture, "A certificate that does not fit is refused, and nothing is sent") {
    struct Row {
        const char* name;
        ServerTls tls;
        const char* words;
    };
    Row rows[] = {{"self-signed", serve_self_signed("DNS:localhost"), "self-signed"},
                  {"expired", authority.serve("DNS:localhost", -60), "expired"},
                  {"another name", authority.serve("DNS:example.org"), "ostname mismatch"},
                  {"partial wildcard", authority.serve("DNS:local*"), "ostname mismatch"}};
    for (const Row& row : rows) {
        INFO(row.name);
        std::atomic<int> requests = 0;
        Server server([&](Peer& peer) { requests += peer.read_request().empty() ? 0 : 1; }, row.tls.get());
        BeastClient client(options());
        const Reply reply = call(client, post(server.url("/", "localhost")));
        INFO(reply.text);
        CHECK(reply.transport == Transport::tls);
        CHECK_FALSE(reply.bytes_left);
        CHECK(reply.text.find(row.words) != std::string::npos);
        CHECK(requests == 0);
    }
}

TEST_CASE_METHOD(Fixture, "An authority that nobody named is not trusted") {
    const auto tls = authority.serve("DNS:localhost");
    Server server(serve, tls.get());
    BeastClient client(local_options());
    CHECK(call(client, post(server.url("/", "localhost"))).transport == Transport::tls);
}

TEST_CASE_METHOD(Fixture, "A peer without TLS is refused; a handshake that hangs times out") {
    BeastClient client([&] {
        auto quick = options();
        quick.connect = Millis(100);
        return quick;
    }());
    std::string greeting;
    SECTION("plain") { greeting = "HTTP/1.1 400 Bad Request\r\n\r\n"; }
    SECTION("silent") {}
    Server server([&](Peer& peer) {
        peer.send(greeting);
        peer.wait_closed();
    });
    const Reply reply = call(client, post("https://localhost:" + std::to_string(server.port()) + "/"));
    CHECK(reply.transport == Transport::tls);
    CHECK_FALSE(reply.bytes_left);
}

TEST_CASE_METHOD(Fixture, "The next connection takes up the session of the last") {
    const auto tls = authority.serve("DNS:localhost");
    int most = 0;
    SECTION("TLS 1.3") { most = TLS1_3_VERSION; }
    SECTION("TLS 1.2") { most = TLS1_2_VERSION; }
    SSL_CTX_set_max_proto_version(tls.get(), most);
    std::mutex mutex;
    std::vector<bool> resumed;
    Server server(
        [&](Peer& peer) {
            peer.read_request();
            {
                const std::lock_guard lock(mutex);
                resumed.push_back(peer.resumed());
            }
            peer.send_reply("x", "connection: close\r\n");
        },
        tls.get());
    BeastClient client(options());
    for (int i = 0; i < 3; ++i)
        CHECK(call(client, get(server.url("/", "localhost"))).transport == Transport::ok);
    const std::lock_guard lock(mutex);
    CHECK(resumed == std::vector<bool>{false, true, true});
}

TEST_CASE_METHOD(Fixture, "Only a closing alert ends a reply without a length") {
    const auto tls = authority.serve("DNS:localhost");
    const bool proper = GENERATE(true, false);
    Server server(
        [&](Peer& peer) {
            peer.read_request();
            peer.send("HTTP/1.1 200 OK\r\n\r\nall of it?");
            if (proper) peer.end_tls();
        },
        tls.get());
    BeastClient client(options());
    const Reply reply = call(client, get(server.url("/", "localhost")));
    CHECK(reply.transport == (proper ? Transport::ok : Transport::closed));
    CHECK(reply.body == (proper ? "all of it?" : ""));
}

TEST_CASE_METHOD(Fixture, "A cut after the request is closed with bytes left") {
    const auto tls = authority.serve("DNS:localhost");
    Server server([](Peer& peer) { peer.read_request(); }, tls.get());
    BeastClient client(options());
    const Reply reply = call(client, post(server.url("/", "localhost")));
    CHECK(reply.transport == Transport::closed);
    CHECK(reply.bytes_left);
}

TEST_CASE("A CA file that cannot be read is told at once") {
    ClientOptions options;
    options.ca_file = "/nowhere/ca.pem";
    CHECK_THROWS_WITH(BeastClient(options), Catch::Contains("/nowhere/ca.pem"));
}

}  // namespace
}  // namespace dakiya::net::test
