// A processor over the world's database, with a plugin that a test writes.
#pragma once

#include "receive/processor.hpp"
#include "store/webhooks.hpp"
#include "world.hpp"

namespace dakiya::receive {

// Its webhook's body is the list of events.
class Parrot final : public plugin::Connection {
public:
    Parrot() { manifest_.channels = {"sms"}; }
    const plugin::Manifest& manifest() const override { return manifest_; }
    plugin::Output advance(const plugin::Turn&) const override { return {}; }
    plugin::Output verify(const plugin::Inbound&) const override { return {}; }
    plugin::Output parse(const plugin::Inbound& inbound) const override {
        plugin::Output output;
        try {
            for (const Json& event : Json::parse(inbound.body)) output.records.push_back({"event", event});
        } catch (const JsonError& error) {
            output.status = -1;
            output.explanation = error.what();
        }
        return output;
    }

private:
    plugin::Manifest manifest_;
};

struct Processing : World {
    explicit Processing(store::Dialect dialect) : World(dialect) {}

    void webhook(Id id, const std::string& body) {
        store::Webhook w;
        w.id = id;
        w.tenant = tenant;
        w.connection = connection;
        w.hash = std::to_string(id);
        w.method = "POST";
        w.url = "https://dakiya.example/webhooks";
        w.headers = "[]";
        w.body = body;
        w.due_at = w.received_at = database.clock().now_ms();
        store::webhooks::insert(session, w);
    }
    void until(const std::function<bool()>& condition) {
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        Bell never;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > give_up)
                throw std::runtime_error("half a minute was not enough");
            database.clock().advance(Millis(50));
            bell.ring();
            never.wait_for(Millis(2));
        }
    }
    void open_with(Result<std::shared_ptr<const plugin::Connection>> answer) {
        const std::lock_guard lock(mutex);
        opened = std::move(answer);
    }
    std::int64_t count(const std::string& table, const std::string& where = "1 = 1") {
        return number("SELECT COUNT(*) FROM " + table + " WHERE " + where);
    }
    // Of the pending events together.
    std::int64_t tries() { return number("SELECT COALESCE(SUM(attempts), 0) FROM pending_events"); }

    Bell bell;
    Handover handover;
    Result<std::shared_ptr<const plugin::Connection>> opened{std::make_shared<const Parrot>()};
    std::mutex mutex;
    Processor processor{{database.database(), database.writer(),
                         [this](store::Scope, Id) {
                             const std::lock_guard lock(mutex);
                             return opened;
                         },
                         database.clock(), bell, handover}};
};

inline std::string list(std::vector<Json> events) {
    return Json::array(Json::Array(std::move(events))).dump();
}

}  // namespace dakiya::receive
