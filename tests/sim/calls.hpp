// Requests for tests that call a provider's door without a socket.
#pragma once

#include <catch2/catch.hpp>

#include "http.hpp"
#include "world.hpp"

#include "dakiya/json.hpp"

#include <string>
#include <utility>
#include <vector>

namespace sim {

struct Call {
    std::string method = "POST";
    std::string target;
    std::string body{};
    std::vector<std::pair<std::string, std::string>> headers{};
};

template <class Door>
Reply call(Door& door, const Call& made) {
    Request request;
    request.method = made.method;
    request.target = made.target;
    request.path = request.target.substr(0, request.target.find('?'));
    if (request.path.size() < request.target.size())
        request.query = request.target.substr(request.path.size() + 1);
    for (const auto& [name, value] : made.headers) request.headers.emplace_back(name, value);
    request.body = made.body;
    return door.answer(request);
}

// A call that a contract refuses, and whether it is one that no correct client makes.
struct RefusedCall {
    const char* why;
    Call call;
    int status;
    bool violation;
};

inline std::int64_t violation_count(const dakiya::Json& violations) { return violations.at("count"); }

template <class Player>
Reply check_refused(const RefusedCall& wrong) {
    CAPTURE(wrong.why);
    World world;
    Player player(world);
    const Reply reply = call(player, wrong.call);
    CHECK(reply.status == wrong.status);
    CHECK(violation_count(world.violations()) == (wrong.violation ? 1 : 0));
    CHECK(world.ledger().size() == 0);
    return reply;
}

}  // namespace sim
