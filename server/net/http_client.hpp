// The HTTP client: one loop thread, keep-alive connections per origin, HTTP/1.1 over TCP and TLS.
//
// What it adds to a request: host, content-length, user-agent and accept-encoding (the last two only when
// absent). A caller that names host, content-length, transfer-encoding, connection, keep-alive, te, trailer,
// expect or upgrade itself is refused, as are line breaks anywhere. A gzip reply is unpacked and loses
// content-encoding and content-length. Redirects are replies like any other.
//
// `bytes_left` in a reply is exact over plain TCP. Over TLS it is true from the first attempt to write on,
// because the library does not tell how much of a failed record went out.
#pragma once

#include <memory>
#include <string>

#include "net/guard.hpp"
#include "net/http.hpp"
#include "net/origin_map.hpp"

namespace dakiya::net {

struct ClientOptions {
    // Per origin, busy at most: with campaign messages `connections`; with single ones too, `for_singles`
    // more; with one-time passwords too, `for_otp` more. So an earlier lane finds a free one while later
    // lanes wait for theirs, in order.
    std::size_t connections = 64;
    std::size_t for_singles = 16;
    std::size_t for_otp = 8;
    std::size_t waiting = 100'000;  // per origin and lane, at most; further requests are refused
    Millis idle{30'000};            // an unused connection is closed after this
    Millis connect{5'000};          // name resolution, connecting and TLS handshake together
    std::string ca_file;            // PEM, trusted in addition to the system's store
    std::string user_agent = "Dakiya";
    GuardOptions guard;
    OriginMap origins;
};

class BeastClient final : public HttpClient {
public:
    // Throws std::runtime_error when ca_file cannot be read.
    explicit BeastClient(ClientOptions options);
    // Ends what is under way as Transport::closed, drops timers that are not due and joins the thread. Must
    // not run on the client's own thread.
    ~BeastClient() override;
    BeastClient(const BeastClient&) = delete;
    BeastClient& operator=(const BeastClient&) = delete;

    void perform(Request request, Done done) override;
    void after(Millis delay, std::function<void()> work) override;

private:
    class Pools;
    std::unique_ptr<Pools> pools_;
};

}  // namespace dakiya::net
