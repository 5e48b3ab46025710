// A provider connection and an HTTP client that do what a test tells them, one thing at a time.
#pragma once

#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/pool.hpp"
#include "net/http.hpp"
#include "plugin/provider.hpp"
#include "send/exchange.hpp"

namespace dakiya::send {

class FakeConnection final : public plugin::Connection {
public:
    using Advance = std::function<plugin::Output(const plugin::Turn&)>;
    explicit FakeConnection(Advance advance, plugin::Manifest manifest = {})
        : advance_(std::move(advance)), manifest_(std::move(manifest)) {}

    const plugin::Manifest& manifest() const override { return manifest_; }
    plugin::Output advance(const plugin::Turn& turn) const override { return advance_(turn); }
    plugin::Output verify(const plugin::Inbound&) const override { return {}; }
    plugin::Output parse(const plugin::Inbound&) const override { return {}; }

private:
    const Advance advance_;
    const plugin::Manifest manifest_;
};

// Keeps requests and timers until the test answers or runs them, on the test's thread.
class FakeClient final : public net::HttpClient {
public:
    void perform(net::Request request, net::Done done) override {
        const std::lock_guard lock(mutex_);
        requests_.emplace_back(std::move(request), std::move(done));
    }
    void after(Millis delay, std::function<void()> work) override {
        const std::lock_guard lock(mutex_);
        timers_.emplace_back(delay, std::move(work));
    }

    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return requests_.size();
    }
    // Answers the oldest request, and gives it back.
    net::Request answer(net::Reply reply) {
        auto [request, done] = pop(requests_);
        done(std::move(reply));
        return request;
    }
    // Runs the oldest timer, and gives its delay back.
    Millis run_timer() {
        auto [delay, work] = pop(timers_);
        work();
        return delay;
    }
    std::size_t timers() const {
        const std::lock_guard lock(mutex_);
        return timers_.size();
    }

private:
    template <class T>
    T pop(std::deque<T>& queue) {
        const std::lock_guard lock(mutex_);
        T first = std::move(queue.at(0));
        queue.pop_front();
        return first;
    }

    mutable std::mutex mutex_;
    std::deque<std::pair<net::Request, net::Done>> requests_;
    std::deque<std::pair<Millis, std::function<void()>>> timers_;
};

inline net::Reply http_reply(int status, std::string body = {}) {
    net::Reply reply;
    reply.bytes_left = true;
    reply.status = status;
    reply.body = std::move(body);
    return reply;
}

inline net::Reply lost(net::Transport transport, bool bytes_left) {
    net::Reply reply = net::no_reply(transport, "the wire broke");
    reply.bytes_left = bytes_left;
    return reply;
}

inline plugin::Record result(std::size_t to, std::string_view status, Json more = Json::object()) {
    more.set("to", static_cast<std::int64_t>(to));
    more.set("status", status);
    return {"result", std::move(more)};
}

inline plugin::Record failed_result(std::size_t to, std::string_view cls, std::string_view code,
                                    std::int64_t retry_after_ms = 0) {
    return result(
        to, "failed",
        Json{{"error",
              Json{{"class", cls}, {"code", code}, {"text", "no"}, {"retry_after_ms", retry_after_ms}}}});
}

// A turn's answer that asks for one request.
inline plugin::Output ask(std::string step = "answer", std::string limit = {}, bool repeatable = false) {
    plugin::Output output;
    plugin::Effect effect;
    effect.kind = "http";
    effect.http.method = "POST";
    effect.http.url = "https://provider.example/send";
    effect.http.limit = std::move(limit);
    effect.http.repeatable = repeatable;
    effect.step = std::move(step);
    output.effect = std::move(effect);
    return output;
}

inline plugin::Output say(std::vector<plugin::Record> records) {
    plugin::Output output;
    output.records = std::move(records);
    return output;
}

inline plugin::Output fault(std::string explanation) {
    plugin::Output output;
    output.status = -1;
    output.explanation = std::move(explanation);
    return output;
}

}  // namespace dakiya::send
