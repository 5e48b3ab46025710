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
    WebhookBatches batches(world.database.writer());
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
    const auto taken = store::webhooks::take(world.database.session(), 1, 2, 1000);
    CHECK(taken.size() == 199);
    CHECK(std::none_of(taken.begin(), taken.end(), [](const auto& w) { return w.id == refused; }));
}
