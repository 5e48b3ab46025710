#include "send/pacer.hpp"

#include <catch2/catch.hpp>

#include "send/limits.hpp"

using namespace dakiya;
using namespace dakiya::send;

namespace {

plugin::Manifest manifest_with(std::vector<plugin::Limit> limits) {
    plugin::Manifest manifest;
    manifest.id = "acme";
    manifest.limits = std::move(limits);
    return manifest;
}

}  // namespace

TEST_CASE("limits: the operator's word, then the manifest's, by name without the scope") {
    const auto manifest = manifest_with({{"send", "sender", 80}, {"default", "", 10}});
    const Limits limits({{"acme.default", 25}});
    CHECK(limits.rate(manifest, "send") == 80);
    CHECK(limits.rate(manifest, "send:10987") == 80);
    CHECK(limits.rate(manifest, "") == 25);
    CHECK(limits.rate(manifest, "default") == 25);
    CHECK_FALSE(limits.rate(manifest, "upload"));
    CHECK(limits.send_rate(manifest) == 80);
    CHECK(limits.send_rate(manifest_with({{"default", "", 10}})) == 25);
    CHECK_FALSE(Limits().send_rate(manifest_with({})));
}

TEST_CASE(
    "limits: what a provider reports of a connection counts for it, unless the operator has agreed on a "
    "rate") {
    const auto manifest = manifest_with({{"send", "sender", 80}, {"default", "", 10}});
    Limits limits({{"acme.default", 25}});
    constexpr Id ours = 7, another = 8;
    CHECK(limits.report(manifest, "send:10987", ours, 1'000));
    CHECK(limits.send_rate(manifest, ours) == 1'000);
    CHECK(limits.send_rate(manifest, another) == 80);
    CHECK_FALSE(limits.report(manifest, "default", ours, 500));
    CHECK(limits.rate(manifest, "default", ours) == 25);
    CHECK_FALSE(limits.report(manifest, "send", ours, 0));
    CHECK(limits.send_rate(manifest, ours) == 1'000);
}

TEST_CASE("a pacer gives a quarter of a second at once and the rate afterwards") {
    ManualClock clock;
    Pacer pacer(clock);
    CHECK(pacer.grant(1, 80, 1'000) == 20);
    CHECK(pacer.grant(1, 80, 1'000) == 0);
    int granted = 0;
    for (int i = 0; i < 1'000; ++i) {
        clock.advance(Millis(10));
        granted += pacer.grant(1, 80, 1'000);
    }
    CHECK(granted == 800);
}

TEST_CASE("without a rate everything is granted") {
    ManualClock clock;
    Pacer pacer(clock);
    CHECK(pacer.grant(1, 0, 5'000) == 5'000);
    CHECK(pacer.ready(1, 0, 5'000) == 5'000);
    CHECK(pacer.grant(1, 10, 0) == 0);
}

TEST_CASE("keys do not share, and looking takes nothing") {
    ManualClock clock;
    Pacer pacer(clock);
    CHECK(pacer.ready(1, 40, 100) == 10);
    CHECK(pacer.ready(1, 40, 4) == 4);
    CHECK(pacer.grant(1, 40, 100) == 10);
    CHECK(pacer.ready(1, 40, 100) == 0);
    CHECK(pacer.grant(2, 40, 100) == 10);
}

TEST_CASE("a new rate holds at once") {
    ManualClock clock;
    Pacer pacer(clock);
    pacer.grant(1, 4, 100);
    clock.advance(Millis(1'000));
    CHECK(pacer.grant(1, 400, 1'000) >= 1);
    clock.advance(Millis(1'000));
    CHECK(pacer.grant(1, 400, 1'000) == 100);
}

TEST_CASE("a slow-down waits for the provider's hint and halves the rate") {
    ManualClock clock;
    Pacer pacer(clock);
    pacer.grant(1, 100, 1);
    pacer.slow_down(1, Millis(3'000));
    clock.advance(Millis(2'999));
    CHECK(pacer.grant(1, 100, 100) == 0);
    clock.advance(Millis(101));
    const int first = pacer.grant(1, 100, 100);
    CHECK(first >= 1);
    CHECK(first <= 25);
    pacer.slow_down(2, Millis(1));  // nothing was sent there: nothing to slow down
    CHECK(pacer.grant(2, 100, 100) == 25);
}
