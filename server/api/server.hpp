// The HTTP server: one parking thread holds every connection that waits for its client, in one epoll set;
// a few workers run whole requests. A connection costs a worker only while there is work, so ten thousand
// idle clients, slow senders and slow readers are not felt (docs/design.md 8).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/connection.hpp"
#include "api/http.hpp"
#include "base/clock.hpp"

namespace dakiya::api {

class Server {
public:
    struct Options {
        std::string host = "127.0.0.1";
        std::uint16_t port = 8080;  // 0: any free one
        int workers = 0;            // 0: two per core, at least 64
        std::size_t connections = 16'384;
        std::size_t connections_per_address = 1'024;
        // Addresses of proxies before us: not limited per address, and believed when they say in the last
        // entry of X-Forwarded-For who is asking.
        std::vector<std::string> proxies;
        std::string spool_folder = "/tmp";  // for bodies over 64 KiB
        Limits limits;
    };

    // Binds and starts to serve. Throws std::runtime_error when the address cannot be had.
    Server(Options options, Handler& handler, const Clock& clock);
    ~Server();  // stop(0)
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    std::size_t open_connections() const;  // [any thread]

    // [any thread but a worker] Accepts no more, closes idle connections, lets running requests finish for
    // at most `limit`, cuts what is left. Returns when every thread has ended; a handler that does not
    // return is waited for.
    void stop(Millis limit);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dakiya::api
