// What the client says when things go wrong, above all whether a byte of the request left.
#include <catch2/catch.hpp>

#include "client.hpp"
#include "net/http_client.hpp"
#include "server.hpp"

namespace dakiya::net::test {
namespace {

Server::Script reply_and_cut(std::string bytes) {
    return [bytes = std::move(bytes)](Peer& peer) {
        if (!peer.read_request().empty()) peer.send(bytes);
    };
}

TEST_CASE("A reply that is not whole or not HTTP is no reply") {
    struct Row {
        const char* name;
        std::string bytes;
        Transport transport;
    };
    const std::string packed = gzip(std::string(100, 'x'));
    const auto with_gzip = [](const std::string& body) {
        return "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    };
    std::string interim;
    for (int i = 0; i < 40; ++i) interim += "HTTP/1.1 102 Wait\r\n\r\n";
    const Row rows[] = {
        {"nothing", "", Transport::closed},
        {"half a head", "HTTP/1.1 200 OK\r\ncontent-le", Transport::closed},
        {"half a body", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345", Transport::closed},
        {"half a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", Transport::closed},
        {"no last chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n",
         Transport::closed},
        {"bad chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab\r\n", Transport::closed},
        {"two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
         Transport::closed},
        {"length and chunked",
         "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
         Transport::closed},
        {"negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", Transport::closed},
        {"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Transport::closed},
        {"switched", "HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", Transport::closed},
        {"endless interim", interim, Transport::closed},
        {"damaged gzip", with_gzip("\x1f\x8b garbage"), Transport::closed},
        {"half a gzip", with_gzip(packed.substr(0, packed.size() / 2)), Transport::closed},
        {"more than gzip", with_gzip(packed + "x"), Transport::closed},
        {"large head", "HTTP/1.1 200 OK\r\nx: " + std::string(70'000, 'x') + "\r\n\r\n",
         Transport::too_large},
        {"many headers",
         [] {
             std::string text = "HTTP/1.1 200 OK\r\n";
             for (int i = 0; i < 9'000; ++i) text += "x: 1234\r\n";
             return text + "content-length: 0\r\n\r\n";
         }(),
         Transport::too_large},
        {"endless chunk line",
         "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;" + std::string(100'000, 'x'),
         Transport::too_large},
        {"large length", "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n", Transport::too_large},
        {"large chunks",
         "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e8\r\n" + std::string(1000, 'x') +
             "\r\n1\r\nx\r\n0\r\n\r\n",
         Transport::too_large},
        {"large to the end", "HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'x'), Transport::too_large},
        {"gzip bomb", with_gzip(gzip(std::string(900'000, 'x'))), Transport::too_large},
    };
    BeastClient client(local_options());
    for (const Row& row : rows) {
        INFO(row.name);
        Server server(reply_and_cut(row.bytes));
        Request request = get(server.url());
        request.max_reply = 1000;
        const Reply reply = call(client, request);
        INFO(reply.text);
        CHECK(to_string(reply.transport) == to_string(row.transport));
        CHECK(reply.bytes_left);
        CHECK(reply.status == 0);
        CHECK(reply.body.empty());
        CHECK_FALSE(reply.text.empty());
        CHECK(server.accepted() == 1);  // never sent again
    }
}

TEST_CASE("A body of just the allowed size passes") {
    Server server(
        reply_and_cut("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + gzip(std::string(1000, 'x'))));
    BeastClient client(local_options());
    Request request = get(server.url());
    request.max_reply = 1000;
    CHECK(call(client, request).body.size() == 1000);
}

TEST_CASE("A reused connection that dies after the request was written is never repeated") {
    std::atomic<int> requests = 0;
    Server server([&](Peer& peer) {
        while (!peer.read_request().empty()) {
            if (++requests % 2 == 0) return;
            peer.send_reply("x");
        }
    });
    BeastClient client(local_options());
    CHECK(call(client, post(server.url())).transport == Transport::ok);
    const Reply reply = call(client, post(server.url()));
    CHECK(reply.transport == Transport::closed);
    CHECK(reply.bytes_left);
    CHECK(requests == 2);
    CHECK(server.accepted() == 1);
}

TEST_CASE("A connection that the server closed, or talked on, while unused is not used again") {
    std::promise<void> spoiled;
    std::string unasked;
    SECTION("closed") {}
    SECTION("talked") { unasked = "HTTP/1.1 408 Timeout\r\ncontent-length: 0\r\n\r\n"; }
    std::atomic<int> connections = 0;
    std::promise<void> replied;
    auto reply_was_read = replied.get_future();
    Server server([&](Peer& peer) {
        const bool first = ++connections == 1;
        if (peer.read_request().empty()) return;
        peer.send_reply("x");
        if (first) {
            reply_was_read.wait_for(std::chrono::seconds(60));
            peer.send(unasked);
            if (unasked.empty()) peer.cut();
            spoiled.set_value();
        }
        peer.wait_closed();
    });
    BeastClient client(local_options());
    CHECK(call(client, post(server.url())).transport == Transport::ok);
    replied.set_value();
    wait(spoiled.get_future());  // on loopback, what was sent has arrived
    const Reply reply = call(client, post(server.url()));
    CHECK(reply.transport == Transport::ok);
    CHECK(reply.body == "x");
    CHECK(server.accepted() == 2);
}

TEST_CASE("More than one reply to a request ends the connection") {
    Server server([](Peer& peer) {
        while (!peer.read_request().empty()) {
            peer.send(
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nb");
        }
    });
    BeastClient client(local_options());
    for (int i = 0; i < 3; ++i) CHECK(call(client, get(server.url())).body == "a");
    CHECK(server.accepted() == 3);
}

TEST_CASE("A server that answers before it has read everything is heard") {
    Server server([](Peer& peer) {
        peer.send("HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\nconnection: close\r\n\r\nbig");
        peer.wait_closed();
    });
    BeastClient client(local_options());
    const Reply reply = call(client, post(server.url(), std::string(20'000'000, 'x')));
    CHECK(reply.transport == Transport::ok);
    CHECK(reply.status == 413);
}

TEST_CASE("A reset connection is closed with bytes left") {
    Server server([](Peer& peer) {
        peer.read_request();
        peer.reset();
    });
    BeastClient client(local_options());
    const Reply reply = call(client, post(server.url()));
    CHECK(reply.transport == Transport::closed);
    CHECK(reply.bytes_left);
}

TEST_CASE("The time limit holds for the whole request") {
    SECTION("no reply") {
        Server server([](Peer& peer) { peer.wait_closed(); });
        BeastClient client(local_options());
        Request request = post(server.url());
        request.timeout = Millis(50);
        const Reply reply = call(client, request);
        CHECK(reply.transport == Transport::timeout);
        CHECK(reply.bytes_left);
    }
    SECTION("a reply in drops") {
        Server server([](Peer& peer) {
            peer.read_request();
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome");
            peer.wait_closed();
        });
        BeastClient client(local_options());
        Request request = get(server.url());
        request.timeout = Millis(50);
        const Reply reply = call(client, request);
        CHECK(reply.transport == Transport::timeout);
        CHECK(reply.status == 0);
    }
    SECTION("waiting for a connection") {
        Server server([](Peer& peer) { peer.wait_closed(); });
        ClientOptions options = local_options();
        options.connections = 1;
        BeastClient client(options);
        auto first = start(client, get(server.url()));
        Request second = get(server.url());
        second.timeout = Millis(50);
        const Reply reply = call(client, second);
        CHECK(reply.transport == Transport::timeout);
        CHECK_FALSE(reply.bytes_left);
    }
}

TEST_CASE("A request whose lease is over is not sent") {
    std::atomic<int> requests = 0;
    Server server([&](Peer& peer) {
        while (!peer.read_request().empty()) {
            ++requests;
            peer.send_reply("x");
        }
    });
    BeastClient client(local_options());
    for (int i = 0; i < 2; ++i) {  // without and with an open connection
        Request late = post(server.url());
        late.not_after = std::chrono::steady_clock::now();
        const Reply reply = call(client, late);
        CHECK(reply.transport == Transport::refused);
        CHECK_FALSE(reply.bytes_left);
        CHECK(requests == i);
        Request early = post(server.url());
        early.not_after = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        CHECK(call(client, early).transport == Transport::ok);
    }
}

TEST_CASE("A lease that ends while the request waits for a connection is noticed") {
    std::promise<void> go;
    auto may_go = go.get_future();
    std::atomic<int> requests = 0;
    Server server([&](Peer& peer) {
        while (!peer.read_request().empty()) {
            ++requests;
            if (requests == 1) may_go.wait_for(std::chrono::seconds(60));
            peer.send_reply("x");
        }
    });
    ClientOptions options = local_options();
    options.connections = 1;
    BeastClient client(options);
    auto first = start(client, get(server.url()));
    Request leased = get(server.url());
    leased.not_after = std::chrono::steady_clock::now() + Millis(20);
    auto second = start(client, leased);
    std::promise<void> over;
    client.after(Millis(40), [&] { over.set_value(); });
    wait(over.get_future());
    go.set_value();
    CHECK(wait(std::move(first)).transport == Transport::ok);
    CHECK(wait(std::move(second)).transport == Transport::refused);
    CHECK(requests == 1);
}

TEST_CASE("Nobody there: connect, and no byte left") {
    BeastClient client(local_options());
    const std::string urls[] = {"http://127.0.0.1:" + std::to_string(closed_port()),
                                "http://no-such-name.invalid/",
                                "https://127.0.0.1:" + std::to_string(closed_port())};
    for (const auto& url : urls) {
        INFO(url);
        const Reply reply = call(client, post(url));
        CHECK(reply.transport == Transport::connect);
        CHECK_FALSE(reply.bytes_left);
    }
}

TEST_CASE("When connecting fails, each waiting request hears of it") {
    ClientOptions options = local_options();
    options.connections = 2;
    BeastClient client(options);
    const std::string url = "http://127.0.0.1:" + std::to_string(closed_port());
    std::vector<std::future<Reply>> replies;
    for (int i = 0; i < 20; ++i) replies.push_back(start(client, get(url)));
    for (auto& reply : replies) CHECK(wait(std::move(reply)).transport == Transport::connect);
}

TEST_CASE("The guard refuses what a name leads to, in every way of writing it") {
    Server server([](Peer& peer) { peer.read_request(); });
    BeastClient client({});
    for (const auto host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "[::1]",
                            "[::ffff:127.0.0.1]"}) {
        INFO(host);
        const Reply reply = call(client, get(server.url("/", host)));
        INFO(reply.text);
        CHECK(reply.transport == Transport::refused);
        CHECK_FALSE(reply.bytes_left);
    }
    CHECK(server.accepted() == 0);
}

TEST_CASE("More than may wait is refused") {
    Server server([](Peer& peer) { peer.wait_closed(); });
    std::vector<std::future<Reply>> replies;
    {
        ClientOptions options = local_options();
        options.connections = 1;
        options.waiting = 2;
        BeastClient client(options);
        // Nothing is answered, so at most one is under way and two wait.
        for (int i = 0; i < 10; ++i) replies.push_back(start(client, get(server.url())));
        std::promise<void> accepted;
        client.after(Millis(0), [&] { accepted.set_value(); });
        wait(accepted.get_future());
    }
    int refused = 0;
    for (auto& reply : replies) refused += wait(std::move(reply)).transport == Transport::refused ? 1 : 0;
    CHECK(refused >= 7);
    CHECK(refused <= 8);
}

TEST_CASE("The end of the client ends everything under way, once") {
    std::promise<void> reached;
    Server server([&](Peer& peer) {
        peer.read_request();
        reached.set_value();
        peer.wait_closed();
    });
    ClientOptions options = local_options();
    options.connections = 1;
    std::future<Reply> written, waiting;
    bool ran = false;
    {
        BeastClient client(options);
        written = start(client, post(server.url()));
        waiting = start(client, post(server.url()));
        client.after(std::chrono::hours(1), [&] { ran = true; });
        wait(reached.get_future());
    }
    const Reply first = wait(std::move(written));
    CHECK(first.transport == Transport::closed);
    CHECK(first.bytes_left);
    const Reply second = wait(std::move(waiting));
    CHECK(second.transport == Transport::closed);
    CHECK_FALSE(second.bytes_left);
    CHECK_FALSE(ran);
}

}  // namespace
}  // namespace dakiya::net::test
