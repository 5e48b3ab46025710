#include "send/fresh_chunks.hpp"

#include <catch2/catch.hpp>

#include "fakes.hpp"

namespace dakiya::send {

namespace {

constexpr Id campaign = 51;

FreshChunks::Fresh written(int no, Id of = campaign) {
    FreshChunks::Fresh chunk{of, no, 7, {}};
    chunk.messages.resize(2);
    chunk.messages[0].id = 1'000 * (no + 1);
    return chunk;
}

store::Chunk leased(int no, Id of = campaign) {
    store::Chunk chunk;
    chunk.campaign = of;
    chunk.no = no;
    chunk.first_id = chunk.cursor_id = chunk.intent_id = 1'000 * (no + 1);
    return chunk;
}

}  // namespace

TEST_CASE("whoever leases a chunk that it wrote has its messages, once") {
    ManualClock clock;
    FreshChunks fresh(clock);
    fresh.put(written(0));
    fresh.put(written(0, 52));
    const auto messages = fresh.take(leased(0), 7);
    REQUIRE(messages);
    CHECK(messages->size() == 2);
    CHECK(messages->front().id == 1'000);
    CHECK_FALSE(fresh.take(leased(0), 7));
    CHECK(fresh.take(leased(0, 52), 7));
}

TEST_CASE("a chunk is read from the store when what was written may not be what is to be sent") {
    ManualClock clock;
    FreshChunks fresh(clock);
    fresh.put(written(0));
    SECTION("addresses were closed since") { CHECK_FALSE(fresh.take(leased(0), 8)); }
    SECTION("somebody has marked messages of it") {
        store::Chunk chunk = leased(0);
        chunk.intent_id += 1;
        CHECK_FALSE(fresh.take(chunk, 7));
    }
    SECTION("somebody has had it") {
        store::Chunk chunk = leased(0);
        chunk.intent_id = chunk.cursor_id = chunk.first_id + 2;
        CHECK_FALSE(fresh.take(chunk, 7));
    }
    CHECK_FALSE(fresh.take(leased(0), 7));
}

TEST_CASE("what others have leased, and what is old, makes room") {
    ManualClock clock;
    FreshChunks fresh(clock);
    for (int no = 0; no < 40; ++no) fresh.put(written(no));
    CHECK_FALSE(fresh.take(leased(0), 7));
    CHECK(fresh.take(leased(39), 7));
    CHECK_FALSE(fresh.take(leased(38), 7));  // leased by somebody, before ours
}

TEST_CASE("an audience waits for its messages as long as they leave fast") {
    ManualClock clock;
    FreshChunks fresh(clock);
    for (int no = 0; no < 12; ++no) fresh.put(written(no));
    CHECK_FALSE(fresh.enough(campaign));  // none has left
    CHECK(fresh.take(leased(0), 7));
    CHECK(fresh.enough(campaign));
    CHECK_FALSE(fresh.enough(52));
    clock.advance(Millis(1'000));
    CHECK_FALSE(fresh.enough(campaign));  // slow: the whole audience is fixed soon
    CHECK(fresh.take(leased(8), 7));
    CHECK_FALSE(fresh.enough(campaign));  // three are left
}

}  // namespace dakiya::send
