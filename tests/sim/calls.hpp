// Requests for tests that call a provider's door without a socket.
#pragma once

#include "http.hpp"

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

inline std::int64_t violation_count(const dakiya::Json& violations) { return violations.at("count"); }

}  // namespace sim
