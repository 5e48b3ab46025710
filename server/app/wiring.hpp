// Makes every room, top to bottom, and stops them in reverse. Construction is readiness: what exists works.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "base/result.hpp"

namespace dakiya::app {

class Wiring {
public:
    // Opens the database (and migrates it), loads the plugins, starts the engines and the HTTP server.
    // Throws what the machine throws; the Error is what an operator must correct.
    static Result<std::unique_ptr<Wiring>> make(const Config& config);

    ~Wiring();  // graceful: no new work, what is on its way ends, leases are given back
    Wiring(const Wiring&) = delete;
    Wiring& operator=(const Wiring&) = delete;

    std::uint16_t port() const;

private:
    struct Rooms;
    explicit Wiring(std::unique_ptr<Rooms> rooms);
    std::unique_ptr<Rooms> rooms_;
};

}  // namespace dakiya::app
