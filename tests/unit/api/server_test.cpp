#include "api/server.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <catch2/catch.hpp>

#include "client.hpp"

using namespace dakiya;
using namespace dakiya::api;
using test::Client;
using test::get;
using test::post;

namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("dakiya-server-" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
    }
};

// Echoes; /big streams, /wait blocks until released; bodies over 64 KiB need admission up to `most`.
class Echo final : public Handler {
public:
    std::variant<Allowance, Response> admit(const Request& head) override {
        ++admissions;
        if (head.path == "/closed") return Response{401, {}, "no", {}};
        return Allowance{most};
    }
    Response handle(Request& request) override {
        ++handled;
        if (request.path == "/big") return big();
        if (request.path == "/large") {
            std::string large;
            large.resize(10'000'000, 'y');
            return {200, {}, std::move(large), {}};
        }
        if (request.path == "/wait") released.get_future().wait();
        std::string body = request.body;
        if (request.file) {
            std::ifstream file(request.file->path(), std::ios::binary);
            body.assign(std::istreambuf_iterator<char>(file), {});
        }
        return {200, {{"X-Path", request.path}, {"X-Peer", request.peer}}, request.method + " " + body, {}};
    }
    Response refuse(const Request&, int status, const Error& error) override {
        return {status, {}, error.text, {}};
    }

    static Response big() {
        auto left = std::make_shared<int>(100);
        Response response;
        response.stream = [left] { return (*left)-- > 0 ? std::string(100'000, 'x') : std::string(); };
        return response;
    }

    std::size_t most = 1U << 20U;
    std::atomic<int> admissions{0}, handled{0};
    std::promise<void> released;
};

struct World {
    Folder folder;
    Echo echo;
    ManualClock still;
    SystemClock running;
    std::unique_ptr<Server> server;

    explicit World(bool manual = false, const std::function<void(Server::Options&)>& change = {}) {
        Server::Options options;
        options.port = 0;
        options.spool_folder = folder.path;
        options.connections_per_address = 16'000;
        if (change) change(options);
        server = std::make_unique<Server>(options, echo,
                                          manual ? static_cast<Clock&>(still) : static_cast<Clock&>(running));
    }
    std::uint16_t port() const { return server->port(); }
};

double ms_of(const std::function<void()>& work) {
    const auto from = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count();
}

}  // namespace

TEST_CASE("a port that is taken is said with its number and what to change") {
    World first;
    CHECK_THROWS_WITH(World(false, [&](Server::Options& options) { options.port = first.port(); }),
                      Catch::Contains("cannot listen on 127.0.0.1:" + std::to_string(first.port())) &&
                          Catch::Contains("server.port") && Catch::Contains("in use"));
}

TEST_CASE("requests follow each other on one connection, also pipelined") {
    World world;
    Client client(world.port());
    CHECK(client.ask(get("/a?x=1")).header("X-Path") == "/a");
    CHECK(client.ask(post("/b", "hello")).body == "POST hello");
    client.send(get("/1") + post("/2", "two") + get("/3"));
    CHECK(client.receive().header("X-Path") == "/1");
    CHECK(client.receive().body == "POST two");
    CHECK(client.receive().header("X-Path") == "/3");
}

TEST_CASE("a request may come byte by byte") {
    World world;
    Client client(world.port());
    for (const char c : post("/slow", "abc")) client.send(std::string_view(&c, 1));
    CHECK(client.receive().body == "POST abc");
}

TEST_CASE("HEAD has no body, Connection: close and HTTP/1.0 end the connection") {
    World world;
    Client head(world.port());
    head.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get("/b"));
    const auto first = head.receive();
    CHECK(first.status == 200);
    Client close(world.port());
    CHECK(close.ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").header("Connection") ==
          "close");
    CHECK(close.closed());
    Client old(world.port());
    CHECK(old.ask("GET / HTTP/1.0\r\n\r\n").status == 200);
    CHECK(old.closed());
}

TEST_CASE("chunked bodies, small and large") {
    World world;
    Client client(world.port());
    const std::string head = "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(client.ask(head + "3\r\nabc\r\n2;note=1\r\nde\r\n0\r\nTrailer: 1\r\n\r\n").body == "POST abcde");
    std::string large;
    for (int i = 0; i < 10; ++i) large += "8000\r\n" + std::string(0x8000, 'y') + "\r\n";
    CHECK(client.ask(head + large + "0\r\n\r\n").body.size() == 5 + 10 * 0x8000);
    CHECK(client.ask(head + "zz\r\n").status == 400);
    CHECK(client.closed());
    CHECK(world.folder.files() == 0);
}

TEST_CASE("a large body needs admission, goes through a file, and is limited") {
    World world;
    const std::string large(200'000, 'z');
    Client client(world.port());
    CHECK(client.ask(post("/ok", large)).body == "POST " + large);
    CHECK(world.echo.admissions == 1);
    CHECK(client.ask(post("/ok", "small")).body == "POST small");
    CHECK(world.echo.admissions == 1);
    CHECK(Client(world.port()).ask(post("/closed", large)).status == 401);
    CHECK(Client(world.port()).ask(post("/ok", std::string(2U << 20U, 'z'))).status == 413);
    CHECK(world.echo.handled == 2);
    CHECK(world.folder.files() == 0);
}

TEST_CASE("a 20 MB body is refused before it is read") {
    World world;
    Client client(world.port());
    client.send("POST /ok HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n");
    CHECK(client.receive().status == 413);
    CHECK(client.closed());
}

TEST_CASE("Expect: 100-continue is answered before the body") {
    World world;
    for (const std::size_t size : {5UL, 100'000UL}) {
        Client client(world.port());
        client.send("POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: " +
                    std::to_string(size) + "\r\n\r\n");
        CHECK(client.receive().status == 100);
        CHECK(client.ask(std::string(size, 'e')).body.size() == size + 5);
    }
}

TEST_CASE("heads that two servers could read differently are refused") {
    World world;
    const auto status = [&](const std::string& bytes) { return Client(world.port()).ask(bytes).status; };
    CHECK(status("GET / HTTP/1.1\r\n\r\n") == 400);
    CHECK(status("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
    CHECK(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc") == 400);
    CHECK(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n") ==
          400);
    CHECK(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc") == 400);
    CHECK(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc") == 400);
    CHECK(status("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n") == 501);
    CHECK(status("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(status("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == 501);
    CHECK(status("GET /?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(status("\x16\x03\x01\x02 hello\r\n\r\n") == 400);
    CHECK(status("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(40'000, 'a') + "\r\n\r\n") == 431);
    CHECK(world.echo.handled == 0);
}

TEST_CASE("a long answer streams while the reader is slow, and holds no worker") {
    World world(false, [](Server::Options& options) { options.workers = 1; });
    std::vector<std::unique_ptr<Client>> readers;
    for (int i = 0; i < 20; ++i) {
        readers.push_back(std::make_unique<Client>(world.port()));
        readers.back()->send(get("/big"));
    }
    Client prompt(world.port());
    CHECK(prompt.ask(get("/prompt")).status == 200);
    for (const auto& reader : readers) CHECK(reader->receive().body.size() == 10'000'000);
}

TEST_CASE("a request that was sent before a long answer was read is not forgotten") {
    World world;
    for (const char* path : {"/big", "/large"}) {
        Client client(world.port());
        client.send(get(path) + get("/after"));
        // Only when another client was answered do the first bytes of the long answer wait for their reader.
        CHECK(Client(world.port()).ask(get("/")).status == 200);
        CHECK(client.receive().body.size() == 10'000'000);
        CHECK(client.receive().header("X-Path") == "/after");
    }
}

TEST_CASE("time limits: idle, half a head, half a body") {
    World world(true);
    Client idle(world.port()), head(world.port()), body(world.port());
    CHECK(idle.ask(get("/")).status == 200);
    CHECK(head.ask(get("/")).status == 200);
    CHECK(body.ask(get("/")).status == 200);
    head.send("GET /half");
    body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    // Another request on the same epoll set, answered after these bytes were taken.
    CHECK(Client(world.port()).ask(get("/")).status == 200);
    world.still.advance(Millis(11'000));
    CHECK(head.closed());
    CHECK(idle.ask(get("/")).status == 200);
    world.still.advance(Millis(61'000));
    CHECK(body.closed());
    CHECK(idle.ask(get("/")).status == 200);
    world.still.advance(Millis(76'000));
    CHECK(idle.closed());
}

TEST_CASE("connections per address are limited") {
    World world(false, [](Server::Options& options) { options.connections_per_address = 2; });
    Client one(world.port()), two(world.port());
    CHECK(one.ask(get("/")).status == 200);
    CHECK(two.ask(get("/")).status == 200);
    CHECK(Client(world.port()).closed());
    CHECK(one.ask(get("/")).status == 200);
}

TEST_CASE("only a proxy of ours is believed about who is asking") {
    const std::string forwarded =
        "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n\r\n";
    World direct;
    CHECK(Client(direct.port()).ask(forwarded).header("X-Peer") == "127.0.0.1");
    World behind(false, [](Server::Options& options) {
        options.proxies = {"127.0.0.1"};
        options.connections_per_address = 1;
    });
    Client one(behind.port()), two(behind.port());
    CHECK(one.ask(forwarded).header("X-Peer") == "198.51.100.7");
    CHECK(two.ask(get("/")).header("X-Peer") == "127.0.0.1");
    CHECK(two.ask("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: nobody\r\n\r\n").header("X-Peer") ==
          "127.0.0.1");
}

TEST_CASE("stop lets a running request finish and closes idle connections") {
    World world;
    Client idle(world.port()), busy(world.port());
    CHECK(idle.ask(get("/")).status == 200);
    busy.send(get("/wait"));
    while (world.echo.handled < 2) std::this_thread::yield();
    std::thread stopper([&] { world.server->stop(Millis(10'000)); });
    CHECK(idle.closed());
    world.echo.released.set_value();
    CHECK(busy.receive().status == 200);
    CHECK(busy.closed());
    stopper.join();
}

TEST_CASE("two thousand idle clients and two hundred slow writers are not felt") {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    World world;
    std::vector<std::unique_ptr<Client>> crowd;
    for (int i = 0; i < 2'000; ++i) {
        crowd.push_back(std::make_unique<Client>(world.port()));
        if (i % 2 == 0) crowd.back()->send(get("/"));
    }
    for (int i = 0; i < 200; ++i) {
        crowd.push_back(std::make_unique<Client>(world.port()));
        crowd.back()->send(i % 2 == 0 ? "GET /never HTTP/1.1\r\nHo"
                                      : "POST /n HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\nabc");
    }
    Client prompt(world.port());
    CHECK(prompt.ask(get("/")).status == 200);
    double worst = 0;
    for (int i = 0; i < 200; ++i)
        worst = std::max(worst, ms_of([&] { REQUIRE(prompt.ask(get("/")).status == 200); }));
    CHECK(world.server->open_connections() == 2'201);
    CHECK(worst < 500);  // a thread for each connection took seconds; the machine may be busy
}
