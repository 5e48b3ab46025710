// Webhooks that come at the same time share a statement, not a fate.
#include "receive/webhook_batches.hpp"

#include <atomic>
#include <thread>

#include "world.hpp"

using namespace dakiya;
using namespace dakiya::receive;

namespace {

store::Webhook webhook(const World& world, Id id) {
    store::Webhook w;
    w.id = id;
    w.tenant = world.tenant;
    w.connection = world.connection;
    w.hash = std::to_string(id);
    w.method = "POST";
    w.headers = "[]";
    w.body = "{}";
    return w;
}

}  // namespace

TEST_CASE("of many at once each is stored, and only the one that cannot be is refused") {
    World world(GENERATE_REF(from_range(store::dialects())));
    Handover handover;
    WebhookBatches batches(world.database.writer(), handover);
    constexpr Id each = 50, refused = 125;
    std::atomic<int> stored = 0, failed = 0;
    std::vector<std::thread> senders;
    for (Id sender = 0; sender < 4; ++sender)
        senders.emplace_back([&, sender] {
            for (Id i = 0; i < each; ++i) {
                store::Webhook one = webhook(world, sender * each + i + 1);
                if (one.id == refused) one.headers.assign(70'000, ' ');  // more than a column takes
                try {
                    batches.store(std::move(one));
                    ++stored;
                } catch (const store::DbError&) {
                    ++failed;
                }
            }
        });
    for (std::thread& sender : senders) sender.join();
    CHECK(stored == 199);
    CHECK(failed == 1);
    const auto taken = store::webhooks::take(world.database.session(), claim_ms, claim_ms + 1, 1000);
    CHECK(taken.size() == 199);
    CHECK(std::none_of(taken.begin(), taken.end(), [](const auto& w) { return w.id == refused; }));
    const auto handed = handover.take(1000, 0);
    CHECK(handed.size() == 199);
    CHECK(std::none_of(handed.begin(), handed.end(), [](const auto& w) { return w.id == refused; }));
}

TEST_CASE(
    "what is handed over is taken in the table until its claim runs out, and a repeat is not handed over") {
    World world(GENERATE_REF(from_range(store::dialects())));
    Handover handover;
    WebhookBatches batches(world.database.writer(), handover);
    batches.store(webhook(world, 1));
    store::Webhook repeat = webhook(world, 2);
    repeat.hash = "1";
    batches.store(repeat);
    batches.store(webhook(world, 3));

    CHECK(store::webhooks::take(world.database.session(), claim_ms - 1, claim_ms, 10).empty());
    const auto first = handover.take(1, claim_ms - 1);
    REQUIRE(first.size() == 1);
    CHECK(first.front().id == 1);
    CHECK(first.front().attempts == 1);
    CHECK(first.front().body == "{}");
    CHECK(handover.take(10, claim_ms).empty());  // its claim has run out
    CHECK(store::webhooks::take(world.database.session(), claim_ms, claim_ms + 1, 10).size() == 2);
}

TEST_CASE(
    "for whom there is no room, who comes after one of these goes to the table too, until all is taken") {
    World world(GENERATE_REF(from_range(store::dialects())));
    Handover handover;
    WebhookBatches batches(world.database.writer(), handover);
    const auto large = [&](Id id) {
        store::Webhook one = webhook(world, id);
        one.body.assign(3'000'000, 'x');
        return one;
    };
    for (Id id = 1; id <= 3; ++id) batches.store(large(id));
    batches.store(webhook(world, 4));
    const auto due = store::webhooks::take(world.database.session(), 0, 1, 10);
    REQUIRE(due.size() == 2);
    CHECK(due[0].id == 3);
    CHECK(due[0].body.size() == 3'000'000);
    CHECK(due[1].id == 4);
    CHECK(handover.take(10, 0).size() == 2);
    batches.store(webhook(world, 5));
    CHECK(handover.take(10, 0).size() == 1);
}
