// Outgoing HTTP, behind one header so that the client can be replaced (docs/design.md 8 and 13.3).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace dakiya::net {

struct Header {
    std::string name;  // any case
    std::string value;
};

// Whoever waits in an earlier lane goes first: for a permit of the limiter, and for a connection.
enum class Lane { otp, single, campaign };
inline constexpr std::size_t lane_count = 3;

struct Part {  // of a multipart/form-data body
    std::string name, filename, content_type, bytes;
    std::string file = {};  // path, instead of bytes: read while it goes out
};

struct Request {
    std::string method = "GET";
    std::string url;  // absolute; http or https
    std::vector<Header> headers;
    std::string body;
    std::string body_file;              // path, instead of body: read while it goes out
    std::vector<Part> parts;            // instead of body
    Millis timeout{30'000};             // from start to the last byte of the reply
    std::size_t max_reply = 4U << 20U;  // bytes of body
    std::string reply_file;  // path of a file that is there: the body of a 2xx reply is appended to it
    std::optional<Steady> not_after;  // checked right before the first byte is written: a lease's end
    Lane lane = Lane::single;         // whose connections it may use, and before whom it goes
};

enum class Transport {
    ok,        // a whole reply came
    refused,   // we did not even try: bad URL, address guard, breaker open, deadline passed
    connect,   // name resolution or connecting failed
    tls,       // handshake or certificate failed
    timeout,   // time passed
    closed,    // the peer cut the connection before the reply was whole
    too_large  // the reply is larger than max_reply
};

std::string_view to_string(Transport transport);

struct Reply {
    Transport transport = Transport::ok;
    bool bytes_left = false;  // at least one byte of the request may have reached the peer
    int status = 0;
    std::vector<Header> headers;  // names in lower case
    std::string body;
    bool in_file = false;  // the body is in Request::reply_file
    std::string text;      // why transport is not ok, for a person
};

// Why there is no reply.
inline Reply no_reply(Transport why, std::string text) {
    Reply reply;
    reply.transport = why;
    reply.text = std::move(text);
    return reply;
}

using Done = std::function<void(Reply)>;

class HttpClient {
public:
    virtual ~HttpClient() = default;
    // [any thread] `done` is called once, on the client's own thread, and must not block. A request whose
    // bytes may have left is never repeated by the client.
    virtual void perform(Request request, Done done) = 0;
    // [any thread] Runs `work` after `delay` on the client's thread: limiter waits and back-off.
    virtual void after(Millis delay, std::function<void()> work) = 0;
};

}  // namespace dakiya::net
