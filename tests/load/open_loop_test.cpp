#include "open_loop.hpp"

#include <catch2/catch.hpp>

using load::Latencies;
using load::OpenLoop;

TEST_CASE("percentiles are times that somebody waited") {
    Latencies latencies;
    CHECK(latencies.percentile(50) == 0);
    for (std::int64_t us = 200; us >= 1; --us) latencies.add(us);
    CHECK(latencies.percentile(50) == 100);
    CHECK(latencies.percentile(99) == 198);
    CHECK(latencies.percentile(100) == 200);
    Latencies one;
    one.add(7'000);
    CHECK(one.percentile(1) == 7'000);
    CHECK(one.summary().at("p99_ms").number() == 7.0);
}

TEST_CASE("an open loop keeps to its own times, however long its calls take") {
    boost::asio::io_context io;
    std::vector<std::int64_t> due, called;
    OpenLoop loop(io, 2000, [&](std::int64_t at) {
        due.push_back(at);
        called.push_back(load::now_us());
        // The third call holds everything up for ten periods.
        while (due.size() == 3 && load::now_us() < at + 5'000) {
        }
        return due.size() < 30;
    });
    loop.start();
    io.run();
    REQUIRE(due.size() == 30);
    for (std::size_t n = 0; n < due.size(); ++n) {
        CHECK(due[n] == due[0] + static_cast<std::int64_t>(n) * 500);
        CHECK(called[n] >= due[n]);
    }
    CHECK(called[4] - due[4] >= 3'000);  // what the hold-up cost the later ones is seen
}
