#include "send/shared_grants.hpp"

#include <mutex>

#include <spdlog/spdlog.h>

#include "domain/time_map.hpp"
#include "store/rate_grants.hpp"

namespace dakiya::send {

namespace {

using domain::Micros;
using domain::Pace;

// One answer, as the transaction found it.
struct Found {
    Micros now = 0;
    Steady at{};
    domain::Slots slots;
    Micros blocked_until = 0;
};

// What was not written will be said again: a provider that throttles goes on throttling.
void note_failure(const std::string& key, const std::exception_ptr& error) {
    if (!error) return;
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& cause) {
        spdlog::warn("the limit {} could not be written: {}", key, cause.what());
    }
}

}  // namespace

// The database's time as ours, learnt with each answer.
struct SharedGrants::Map {
    net::Granted translate(const Found& found) {
        const std::lock_guard lock(mutex);
        times.note(found.now, found.at);
        net::Granted granted;
        granted.count = found.slots.count;
        granted.every = found.slots.every;
        if (granted.count > 0)
            granted.first = times(found.slots.first);
        else
            granted.again = times(found.slots.again);
        if (found.blocked_until > found.now) granted.blocked_until = times(found.blocked_until);
        return granted;
    }

    std::mutex mutex;
    domain::TimeMap times;
};

SharedGrants::SharedGrants(store::Writer& writer, const Clock& clock)
    : writer_(writer), clock_(clock), map_(std::make_shared<Map>()) {}

void SharedGrants::ask(const net::GrantRequest& request, Answer answer) {
    auto found = std::make_shared<Found>();
    writer_.submit(
        [request, found, &clock = clock_](store::Session& session) {
            store::rate_grants::update(session, clock, request.key, [&](Pace& pace, Micros now) {
                found->now = now;
                found->at = clock.steady();
                domain::publish(pace, request.per_second, now);
                found->slots = domain::grant(pace, now, request.wanted, request.urgent);
                found->blocked_until = pace.blocked_until;
            });
        },
        [key = request.key, found, answer = std::move(answer), map = map_](const std::exception_ptr& error) {
            note_failure(key, error);
            answer(error ? std::nullopt : std::optional(map->translate(*found)));
        });
}

void SharedGrants::slow_down(const std::string& key, Millis hint) {
    writer_.submit(
        [key, hint, &clock = clock_](store::Session& session) {
            store::rate_grants::update(
                session, clock, key, [hint](Pace& pace, Micros now) { domain::slow_down(pace, now, hint); });
        },
        [key](const std::exception_ptr& error) { note_failure(key, error); });
}

void SharedGrants::report(const std::string& key, double per_second, double reported) {
    writer_.submit(
        [key, per_second, reported, &clock = clock_](store::Session& session) {
            store::rate_grants::update(session, clock, key, [=](Pace& pace, Micros now) {
                domain::publish(pace, per_second, now);
                domain::report(pace, reported, now);
            });
        },
        [key](const std::exception_ptr& error) { note_failure(key, error); });
}

}  // namespace dakiya::send
