// The driver, alone with a client that a test answers for.
#pragma once

#include <catch2/catch.hpp>

#include <future>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "fakes.hpp"
#include "own_grants.hpp"

namespace dakiya::send {

struct ExchangeWorld {
    ManualClock clock;
    FakeClient client;
    net::OwnGrants grants{clock};
    net::Limiter limiter{client, grants, clock};
    net::Breaker breaker{clock};
    Limits limits{{}};
    Pool workers{"turns", 1};
    Exchange exchange{{client, limiter, breaker, workers, workers, workers, clock, limits}};
    std::mutex mutex;
    std::vector<Ended> ended;

    void run(FakeConnection::Advance advance, const std::string& op = "send",
             plugin::Manifest manifest = {}) {
        Call call;
        call.connection = std::make_shared<FakeConnection>(std::move(advance), std::move(manifest));
        call.connection_id = 7;
        call.op = op;
        call.input = "{}";
        run(std::move(call));
    }
    void run(Call call) {
        exchange.run(std::move(call), [this](Ended end) {
            const std::lock_guard lock(mutex);
            ended.push_back(std::move(end));
        });
        settle();
    }
    // Until the workers have nothing left to do: one piece of work may post another.
    void settle() {
        for (int i = 0; i < 3; ++i) {
            std::promise<void> done;
            workers.post([&done] { done.set_value(); });
            done.get_future().get();
        }
    }
    net::Request answer(net::Reply reply) {
        net::Request request = client.answer(std::move(reply));
        settle();
        return request;
    }
    Millis run_timer() {
        const Millis delay = client.run_timer();
        settle();
        return delay;
    }
    Ended take() {
        const std::lock_guard lock(mutex);
        REQUIRE(ended.size() == 1);
        return std::move(ended.front());
    }
    bool running() {
        const std::lock_guard lock(mutex);
        return ended.empty();
    }
};

// One request, and what its answer says.
inline plugin::Output one_request(const plugin::Turn& turn) {
    if (!turn.reply) return ask();
    return say({result(0, "sent", Json{{"id", turn.reply->body}})});
}

}  // namespace dakiya::send
