// Requests as the tool writes them, over the simulator's HTTP client.
#pragma once

#include "client.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace load {

// The whole request as on the wire. `headers`: further lines, each ended by \r\n.
std::string request_text(std::string_view method, const sim::Url& url, std::string_view headers,
                         std::string_view body);
// "Authorization: Bearer …" and the type of a JSON body.
std::string api_headers(std::string_view key);

// Throws std::runtime_error when it is not http://…
sim::Url url_of(std::string_view text);

// One request at a time, each waited for.
class Http {
public:
    Http() : client_(io_) {}
    sim::Answer ask(std::string_view method, const sim::Url& url, std::string_view headers = {},
                    std::string_view body = {});

private:
    boost::asio::io_context io_;
    sim::Client client_;
};

// Reads what the simulator accepted, a page at a time, from the first entry on.
class Ledger {
public:
    explicit Ledger(std::string_view control) : control_(control) {}

    // ref -> arrived_us of the entries that came since the last call. Throws std::runtime_error when the
    // simulator does not answer.
    std::map<std::string, std::int64_t> arrivals();

    // The JSON lines of at most `limit` further entries.
    std::vector<std::string> lines(std::size_t limit);

private:
    std::vector<std::string> page(std::string_view call, std::size_t limit);

    Http http_;
    std::string control_;
    std::size_t read_ = 0;
};

}  // namespace load
