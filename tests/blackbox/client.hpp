// One HTTP request at a time, each on its own connection: what a stranger's program would send.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dakiya/json.hpp"

namespace blackbox {

using dakiya::Json;

struct Answer {
    int status = 0;
    std::string type;  // Content-Type
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;

    Json json() const { return Json::parse(body); }
    std::string header(const std::string& name) const;
};

class Client {
public:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    // key: the API key; empty sends no Authorization.
    explicit Client(int port, std::string key = "") : port_(port), key_(std::move(key)) {}

    // Any request. A server that answers before it has read the whole body is understood.
    Answer ask(const std::string& method, const std::string& path, const std::string& body = "",
               const Headers& headers = {}) const;

    // The JSON of an answer with this status; throws what came when it is anything else.
    Json get(const std::string& path, int status = 200) const;
    Json post(const std::string& path, const Json& body = Json::object(), int status = 200,
              const Headers& headers = {}) const;

    // Every item of a list, page after page.
    std::vector<Json> all(const std::string& path) const;

    int port() const { return port_; }

private:
    int port_;
    std::string key_;
};

// JSON lines → values.
std::vector<Json> lines(const std::string& text);

}  // namespace blackbox
