// What the client does when everything goes well: requests, replies, connections.
#include "net/http_client.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/id.hpp"
#include "client.hpp"
#include "server.hpp"

namespace dakiya::net::test {
namespace {

// Answers each request with the request itself.
void echo(Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request())
        peer.send_reply(request);
}

// Answers the first request with `bytes`, then waits for the client to close.
Server::Script answer(std::string bytes) {
    return [bytes = std::move(bytes)](Peer& peer) {
        if (peer.read_request().empty()) return;
        peer.send(bytes);
        peer.wait_closed();
    };
}

TEST_CASE("A request goes out as it was described, with little added") {
    Server server(echo);
    BeastClient client(local_options());
    Request request = post(server.url("/v1/x?y=%20z"), "{\"a\":1}");
    request.headers = {{"Content-Type", "application/json"}, {"authorization", "Bearer t"}};
    const Reply reply = call(client, request);
    CHECK(reply.transport == Transport::ok);
    CHECK(reply.bytes_left);
    CHECK(reply.status == 200);
    CHECK(reply.body ==
          "POST /v1/x?y=%20z HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(server.port()) +
              "\r\nContent-Type: application/json\r\nauthorization: Bearer t\r\nuser-agent: Dakiya\r\n"
              "accept-encoding: gzip\r\ncontent-length: 7\r\n\r\n{\"a\":1}");

    request = get(server.url());
    request.headers = {{"User-Agent", "mine"}, {"Accept-Encoding", "identity"}};
    CHECK(call(client, request).body == "GET / HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(server.port()) +
                                            "\r\nUser-Agent: mine\r\nAccept-Encoding: identity\r\n\r\n");
    CHECK(server.accepted() == 1);
}

TEST_CASE("Files go out and come in without passing through memory") {
    const auto folder = std::filesystem::temp_directory_path() / ("dakiya-net-" + random_token());
    std::filesystem::create_directories(folder);
    std::string bytes;  // no multiple of the pieces in which it goes out
    while (bytes.size() < 700'001) bytes += static_cast<char>(bytes.size() * 31 % 251);
    std::ofstream(folder / "out", std::ios::binary) << bytes;
    Server server(echo);
    BeastClient client(local_options());

    Request request = post(server.url(), "");
    request.body_file = folder / "out";
    std::string seen = call(client, request).body;
    CHECK(seen.find("content-length: 700001\r\n") != std::string::npos);
    CHECK(seen.substr(seen.find("\r\n\r\n") + 4) == bytes);

    request.body_file.clear();
    request.parts = {{"file", "x.bin", "image/png", "", folder / "out"}, {"type", "", "", "image/png"}};
    request.reply_file = folder / "in";
    std::ofstream(request.reply_file).close();
    const Reply reply = call(client, request);
    CHECK(reply.transport == Transport::ok);
    CHECK(reply.in_file);
    CHECK(reply.body.empty());
    std::ostringstream in;
    in << std::ifstream(folder / "in", std::ios::binary).rdbuf();
    seen = in.str();
    CHECK(seen.find("accept-encoding: identity\r\n") != std::string::npos);
    CHECK(seen.find("content-type: image/png\r\n\r\n" + bytes + "\r\n--") != std::string::npos);

    SECTION("a refusal is read as usual") {
        Server refusing(answer("HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\ngone"));
        request = get(refusing.url());
        request.reply_file = folder / "none";
        const Reply refused = call(client, request);
        CHECK_FALSE(refused.in_file);
        CHECK(refused.body == "gone");
        CHECK_FALSE(std::filesystem::exists(folder / "none"));
    }
    SECTION("a file that is too large") {
        request.max_reply = 1'000;
        CHECK(call(client, request).transport == Transport::too_large);
    }
    SECTION("a file that is not there") {
        request.parts[0].file = folder / "nothing";
        const Reply refused = call(client, request);
        CHECK(refused.transport == Transport::refused);
        CHECK_FALSE(refused.bytes_left);
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("Parts become multipart/form-data with a new boundary each time") {
    Server server(echo);
    BeastClient client(local_options());
    Request request = get(server.url());
    request.method = "POST";
    request.parts = {{"a\"\r\nb", "", "", "1"}, {"file", "x.png", "image/png", std::string("\0\r\n--", 5)}};
    std::set<std::string> boundaries;
    for (int i = 0; i < 2; ++i) {
        const std::string sent = call(client, request).body;
        const auto at = sent.find("boundary=");
        REQUIRE(at != std::string::npos);
        const std::string boundary = sent.substr(at + 9, sent.find("\r\n", at) - at - 9);
        boundaries.insert(boundary);
        const std::string wanted = "--" + boundary +
                                   "\r\ncontent-disposition: form-data; name=\"a%22%0D%0Ab\"\r\n\r\n1\r\n--" +
                                   boundary +
                                   "\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n"
                                   "content-type: image/png\r\n\r\n" +
                                   std::string("\0\r\n--", 5) + "\r\n--" + boundary + "--\r\n";
        CHECK(sent.substr(sent.find("\r\n\r\n") + 4) == wanted);
    }
    CHECK(boundaries.size() == 2);
}

TEST_CASE("A request that could mean two things is refused before anything is sent") {
    BeastClient client(local_options());
    const std::string url = "http://127.0.0.1:" + std::to_string(closed_port()) + "/";
    std::vector<Request> bad(9, get(url));
    bad[0].headers = {{"x", "a\r\nhost: evil"}};
    bad[1].headers = {{"x y", "a"}};
    bad[2].headers = {{"", "a"}};
    bad[3].headers = {{"Host", "evil"}};
    bad[4].headers = {{"content-length", "1"}};
    bad[5].headers = {{"Transfer-Encoding", "chunked"}};
    bad[6].method = "GET / HTTP/1.1\r\nx:";
    bad[7].url = url + "a\r\nb";
    bad[8].parts = {{"a", "", "text/plain\r\nx: y", "1"}};
    for (const Request& request : bad) {
        const Reply reply = call(client, request);
        CHECK(reply.transport == Transport::refused);
        CHECK_FALSE(reply.bytes_left);
        CHECK_FALSE(reply.text.empty());
    }
}

std::string chunk(const std::string& bytes) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return size + bytes + "\r\n";
}

TEST_CASE("A reply is read whole, however it is framed") {
    struct Row {
        const char* name;
        std::string bytes;
        int status;
        std::string body;
    };
    const std::string packed = gzip("packed text");
    const std::string length = "content-length: " + std::to_string(packed.size()) + "\r\n";
    const Row rows[] = {
        {"length", "HTTP/1.1 201 Made\r\nContent-Length: 3\r\n\r\nabc", 201, "abc"},
        {"no body", "HTTP/1.1 204 No\r\ncontent-length: 3\r\n\r\n", 204, ""},
        {"not modified", "HTTP/1.1 304 No\r\ncontent-length: 3\r\n\r\n", 304, ""},
        {"chunked",
         "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nt: v\r\n\r\n",
         200, "abcde"},
        {"interim",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 200 "
         "OK\r\ncontent-length: 1\r\n\r\na",
         200, "a"},
        {"gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: GZIP\r\n" + length + "\r\n" + packed, 200,
         "packed text"},
        {"gzip in two members",
         "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n" +
             chunk(gzip("two ")) + chunk(gzip("members") + gzip("!")) + "0\r\n\r\n",
         200, "two members!"},
        {"other coding", "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\ncontent-length: 1\r\n\r\nx", 200, "x"},
        {"redirect", "HTTP/1.1 302 Found\r\nlocation: http://example.org/\r\ncontent-length: 0\r\n\r\n", 302,
         ""},
        {"error", "HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nno", 503, "no"},
    };
    BeastClient client(local_options());
    for (const Row& row : rows) {
        INFO(row.name);
        Server server(answer(row.bytes));
        const Reply reply = call(client, get(server.url()));
        CHECK(reply.transport == Transport::ok);
        CHECK(reply.text.empty());
        CHECK(reply.status == row.status);
        CHECK(reply.body == row.body);
        if (std::string(row.name) == "gzip") CHECK(header(reply, "content-encoding") == "(none)");
        if (std::string(row.name) == "redirect") CHECK(header(reply, "location") == "http://example.org/");
        if (std::string(row.name) == "interim") CHECK(header(reply, "link") == "(none)");
    }
}

TEST_CASE("The reply to HEAD has no body, and the connection serves on") {
    Server server([](Peer& peer) {
        while (!peer.read_request().empty()) peer.send("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n");
    });
    BeastClient client(local_options());
    Request request = get(server.url());
    request.method = "HEAD";
    for (int i = 0; i < 3; ++i) CHECK(call(client, request).transport == Transport::ok);
    CHECK(server.accepted() == 1);
}

TEST_CASE("Without a length the end of the connection is the end of the reply") {
    Server server([](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
    });
    BeastClient client(local_options());
    const Reply reply = call(client, get(server.url()));
    CHECK(reply.transport == Transport::ok);
    CHECK(reply.body == "until the end");
}

TEST_CASE("Bytes that come one at a time are understood") {
    const std::string packed = gzip(std::string(5000, 'x'));
    Server server([&](Peer& peer) {
        peer.read_request();
        for (const char c : "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: " +
                                std::to_string(packed.size()) + "\r\n\r\n" + packed)
            peer.send({&c, 1});
        peer.wait_closed();
    });
    BeastClient client(local_options());
    CHECK(call(client, get(server.url())).body == std::string(5000, 'x'));
}

TEST_CASE("Large bodies pass in both directions") {
    Server server(echo);
    BeastClient client(local_options());
    const std::string body(3'000'000, 'b');
    const Reply reply = call(client, post(server.url(), body));
    REQUIRE(reply.transport == Transport::ok);
    CHECK(reply.body.size() > body.size());
    CHECK(reply.body.substr(reply.body.size() - body.size()) == body);
}

TEST_CASE("A hundred requests share eight connections, and each gets its own reply") {
    Server server(echo);
    ClientOptions options = local_options();
    options.connections = 8;
    BeastClient client(options);
    std::vector<std::future<Reply>> replies;
    for (int i = 0; i < 100; ++i)
        replies.push_back(start(client, get(server.url("/" + std::to_string(i) + "?"))));
    for (int i = 0; i < 100; ++i) {
        const Reply reply = wait(std::move(replies[static_cast<std::size_t>(i)]));
        CHECK(reply.transport == Transport::ok);
        CHECK(reply.body.find("GET /" + std::to_string(i) + "? ") == 0);
    }
    CHECK(server.accepted() <= 8);
}

TEST_CASE("Connections are kept while they are good") {
    std::string more;
    int wanted = 1;
    SECTION("kept") {}
    SECTION("the server asks to close") {
        more = "connection: close\r\n";
        wanted = 3;
    }
    Server server([&](Peer& peer) {
        while (!peer.read_request().empty()) peer.send_reply("x", more);
    });
    BeastClient client(local_options());
    for (int i = 0; i < 3; ++i) CHECK(call(client, get(server.url())).transport == Transport::ok);
    CHECK(server.accepted() == wanted);
}

TEST_CASE("An unused connection is closed after the idle time") {
    std::promise<void> closed;
    Server server([&](Peer& peer) {
        peer.read_request();
        peer.send_reply("x");
        peer.wait_closed();
        closed.set_value();
    });
    ClientOptions options = local_options();
    options.idle = Millis(20);
    BeastClient client(options);
    CHECK(call(client, get(server.url())).transport == Transport::ok);
    CHECK_NOTHROW(wait(closed.get_future()));
}

TEST_CASE("Work runs later, in the order in which it is due") {
    BeastClient client(local_options());
    std::promise<std::string> done;
    std::string order;
    client.after(Millis(60), [&] { done.set_value(order + 'c'); });
    client.after(Millis(30), [&] { order += 'b'; });
    client.after(Millis(0), [&] { order += 'a'; });
    CHECK(wait(done.get_future()) == "abc");
}

TEST_CASE("A mapped origin goes to its target, past the guard, under its own name") {
    Server server(echo);
    ClientOptions options;
    REQUIRE(options.origins.add("https://api.example.com", server.url("")).ok());
    BeastClient client(options);
    const Reply reply = call(client, get("https://api.example.com/v1"));
    CHECK(reply.transport == Transport::ok);
    CHECK(reply.body.find("GET /v1 HTTP/1.1\r\nhost: api.example.com\r\n") == 0);
    CHECK(call(client, get(server.url())).transport == Transport::refused);  // the target itself is guarded
}

}  // namespace
}  // namespace dakiya::net::test
