#include <catch2/catch.hpp>

#include "exchange_world.hpp"
#include "send/retry_after.hpp"

namespace dakiya::send {

namespace {

constexpr std::int64_t now_ms = 1'795'262'400'000;  // Sat, 21 Nov 2026 12:00:00 GMT

plugin::Reply reply_with(std::uint32_t status, std::string value) {
    plugin::Reply reply;
    reply.status = status;
    reply.headers = {{"Content-Type", "text/plain", false}, {"Retry-After", std::move(value), false}};
    return reply;
}

}  // namespace

TEST_CASE("Retry-After is read as seconds and as a date") {
    CHECK(told_wait(reply_with(429, "120"), now_ms) == Millis(120'000));
    CHECK(told_wait(reply_with(503, "Sat, 21 Nov 2026 12:00:30 GMT"), now_ms) == Millis(30'000));
    CHECK(told_wait(reply_with(503, "Sat, 21 Nov 2026 11:59:59 GMT"), now_ms) == Millis(0));
    for (const char* unreadable :
         {"", "soon", "-5", "1.5", "12 s", "21 Nov 2026", "Sat, 99 Nov 2026 12:00:30 GMT"})
        CHECK(told_wait(reply_with(429, unreadable), now_ms) == Millis(0));
    CHECK(told_wait(reply_with(200, "120"), now_ms) == Millis(0));
    CHECK(told_wait(plugin::Reply{429, {}, "", 0, ""}, now_ms) == Millis(0));
    CHECK(told_wait(reply_with(429, "9223372036854775807"), now_ms) > std::chrono::hours(24));
}

TEST_CASE("Retry-After is obeyed whatever the plugin has read of the answer") {
    ExchangeWorld world;
    std::int64_t plugin_says = 0;
    std::string cls = "throttled";
    const auto answer = [&](net::Reply reply) {
        reply.headers.push_back({"retry-after", "30"});
        world.run([&](const plugin::Turn& turn) {
            if (!turn.reply) return ask();
            plugin::Record record = failed_result(0, cls, "slow");
            record.json.find("error")->set("retry_after_ms", plugin_says);
            return say({record});
        });
        world.answer(std::move(reply));
        return world.take().records.at(0).json.at("error").at("retry_after_ms").integer();
    };
    SECTION("too fast") { CHECK(answer(http_reply(429)) == 30'000); }
    SECTION("in trouble") {
        cls = "provider";
        CHECK(answer(http_reply(503)) == 30'000);
    }
    SECTION("a longer wait of the plugin's stays") {
        plugin_says = 60'000;
        CHECK(answer(http_reply(429)) == 60'000);
    }
    SECTION("what is refused for good stays so") {
        cls = "recipient";
        CHECK(answer(http_reply(429)) == 0);
    }
}

}  // namespace dakiya::send
