// Who gets a connection when there are not enough.
#include "net/http_client.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>

#include "client.hpp"
#include "server.hpp"

namespace dakiya::net::test {
namespace {

// Answers nobody before it is told to, and notes the order in which requests came.
class Patient {
public:
    void serve(Peer& peer) {
        for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
            std::unique_lock lock(mutex_);
            order_.push_back(request.substr(4, request.find(' ', 4) - 4));
            changed_.notify_all();
            changed_.wait(lock, [this] { return open_; });
            lock.unlock();
            peer.send_reply("ok");
        }
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    // The paths, as soon as there are so many.
    std::vector<std::string> order(std::size_t count) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return order_.size() >= count; }))
            throw std::runtime_error("nothing happened for a minute");
        return order_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> order_;
    bool open_ = false;
};

Request in_lane(const Server& server, Lane lane, const std::string& path) {
    Request request = get(server.url(path));
    request.lane = lane;
    return request;
}

ClientOptions few(std::size_t connections, std::size_t for_singles, std::size_t for_otp) {
    ClientOptions options = local_options();
    options.connections = connections;
    options.for_singles = for_singles;
    options.for_otp = for_otp;
    return options;
}

TEST_CASE("Each lane has connections that the later ones cannot take") {
    Patient patient;
    Server server([&](Peer& peer) { patient.serve(peer); });
    BeastClient client(few(2, 1, 1));
    std::vector<std::future<Reply>> replies;
    const auto ask = [&](Lane lane, const char* path) {
        replies.push_back(start(client, in_lane(server, lane, path)));
    };
    for (const char* path : {"/c1", "/c2", "/c3"}) ask(Lane::campaign, path);
    CHECK(patient.order(2).size() == 2);
    for (const char* path : {"/s1", "/s2"}) ask(Lane::single, path);
    CHECK(patient.order(3).back() == "/s1");
    ask(Lane::otp, "/o1");
    CHECK(patient.order(4).back() == "/o1");
    CHECK(server.accepted() == 4);
    patient.open();
    for (auto& reply : replies) CHECK(wait(std::move(reply)).transport == Transport::ok);
    CHECK(server.accepted() == 4);
}

TEST_CASE("Of those who wait for a connection, the earlier lane goes first") {
    Patient patient;
    Server server([&](Peer& peer) { patient.serve(peer); });
    BeastClient client(few(1, 0, 0));
    std::vector<std::future<Reply>> replies;
    replies.push_back(start(client, in_lane(server, Lane::campaign, "/first")));
    patient.order(1);
    for (const auto& [lane, path] : std::initializer_list<std::pair<Lane, const char*>>{
             {Lane::campaign, "/c1"}, {Lane::single, "/s1"}, {Lane::campaign, "/c2"}, {Lane::otp, "/o1"}})
        replies.push_back(start(client, in_lane(server, lane, path)));
    // The loop takes them in order, so when this one is refused the others wait.
    Request bad = get("not a url");
    CHECK(call(client, bad).transport == Transport::refused);
    patient.open();
    for (auto& reply : replies) CHECK(wait(std::move(reply)).transport == Transport::ok);
    CHECK(patient.order(5) == std::vector<std::string>{"/first", "/o1", "/s1", "/c1", "/c2"});
    CHECK(server.accepted() == 1);
}

}  // namespace
}  // namespace dakiya::net::test
