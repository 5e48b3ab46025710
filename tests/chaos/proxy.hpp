// A TCP proxy that can be told to misbehave: in front of a database, of a provider, or of several servers
// of which some are dead.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

namespace chaos {

using Millis = std::chrono::milliseconds;

class Proxy {
public:
    // Listens on a free port of 127.0.0.1 and passes each connection on to the first of these ports that
    // answers, beginning with the next one each time.
    explicit Proxy(std::vector<int> targets);
    ~Proxy();
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    int port() const;

    // [any thread] All of these return at once.
    void reset();         // every open connection ends with RST
    void stall(bool on);  // bytes are held back, in both directions
    // While on, what the target answers is lost: the request has arrived, and the connection ends with RST
    // at the first byte of the answer.
    void swallow(bool on);

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace chaos
