#include "receive/processor.hpp"

#include <algorithm>
#include <map>

#include <spdlog/spdlog.h>

#include "store/connections.hpp"
#include "store/ids.hpp"

namespace dakiya::receive {

namespace {

using store::PendingEvent;
using store::Webhook;

constexpr Millis idle_round{200};
constexpr Millis after_trouble{1'000};
constexpr std::int64_t claim_ms = 30'000;       // longer than a batch takes
constexpr std::int64_t fault_wait_ms = 60'000;  // a connection that cannot be opened now
constexpr int most_attempts = 5;                // of a webhook that cannot be parsed

plugin::Inbound inbound_of(const Webhook& webhook) {
    plugin::Inbound inbound;
    inbound.method = webhook.method;
    inbound.url = webhook.url;
    inbound.body = webhook.body;
    inbound.now_ms = webhook.received_at;
    for (const Json& header : Json::parse(webhook.headers))
        inbound.headers.push_back(
            {header.at(std::size_t{0}).text(), header.at(std::size_t{1}).text(), false});
    return inbound;
}

// A stored webhook, read by its plugin.
struct Parsed {
    Webhook webhook;
    std::string fault;     // why it could not be read
    bool passing = false;  // it may be read later
};

// The channel of inbound messages is the provider's, unless the event names one of several.
void complete(Json& event, const plugin::Manifest& manifest) {
    if (!event.contains("channel") && !manifest.channels.empty())
        event.set("channel", manifest.channels.front());
}

void log_useless(const Applied& applied, const std::vector<Incoming>& events) {
    for (const auto& [i, why] : applied.useless)
        spdlog::info("event of connection {}: {}", events[i].connection, why);
}

}  // namespace

std::int64_t retry_wait_ms(int attempts) {
    return std::min<std::int64_t>(100LL << std::min(attempts, 13), 600'000);
}

Processor::~Processor() { stop(); }

void Processor::start() {
    thread_ = std::thread([this] { run(); });
}

void Processor::stop() {
    stopping_ = true;
    parts_.bell.ring();
    if (thread_.joinable()) thread_.join();
}

void Processor::run() {
    while (!stopping_) {
        try {
            const bool more_webhooks = webhooks();
            const bool more_pending = pending();
            if (!more_webhooks && !more_pending) parts_.bell.wait_for(idle_round);
        } catch (const std::exception& error) {
            // What was claimed comes back when the claim runs out.
            spdlog::error("processor: {}", error.what());
            parts_.bell.wait_for(after_trouble);
        }
    }
}

bool Processor::webhooks() {
    const std::int64_t now = parts_.clock.now_ms();
    std::vector<Webhook> taken;
    parts_.writer.run([&](store::Session& session) {
        taken = store::webhooks::take(session, now, now + claim_ms, at_once);
    });
    if (taken.empty()) return false;

    std::vector<Parsed> parsed;
    std::vector<Incoming> events;
    for (Webhook& webhook : taken) {
        Parsed one{std::move(webhook), "", false};
        const Webhook& w = one.webhook;
        const auto connection = parts_.open(store::Scope{w.tenant}, w.connection);
        if (!connection) {
            one.fault = connection.error().text;
            one.passing = connection.error().code != Code::not_found;
        } else {
            plugin::Output output = (*connection)->parse(inbound_of(w));
            if (output.status != 0) one.fault = output.explanation;
            for (plugin::Record& record : output.records) {
                if (output.status != 0 || record.kind != "event") continue;
                complete(record.json, (*connection)->manifest());
                events.push_back({w.tenant, w.connection, std::move(record.json), w.received_at});
            }
        }
        parsed.push_back(std::move(one));
    }

    Applied applied;
    parts_.writer.run([&](store::Session& session) {
        applied = apply(session, events, now);
        std::vector<PendingEvent> waiting;
        for (const std::size_t i : applied.unmatched)
            waiting.push_back({0, events[i].tenant, events[i].connection, events[i].event.dump(),
                               now + retry_wait_ms(0), 1, events[i].received_at});
        if (!waiting.empty()) {
            Id id = store::reserve_ids(session, static_cast<std::int64_t>(waiting.size()));
            for (PendingEvent& event : waiting) event.id = id++;
            store::pending_events::insert(session, waiting);
        }
        for (const Parsed& one : parsed) {
            if (one.fault.empty())
                store::webhooks::finish(session, one.webhook);
            else
                store::webhooks::fault(
                    session, one.webhook, one.fault,
                    one.passing && one.webhook.attempts < most_attempts ? now + fault_wait_ms : 0);
        }
    });
    log_useless(applied, events);
    for (const Parsed& one : parsed)
        if (!one.fault.empty()) spdlog::warn("webhook {} cannot be processed: {}", one.webhook.id, one.fault);
    return taken.size() == static_cast<std::size_t>(at_once);
}

bool Processor::pending() {
    const std::int64_t now = parts_.clock.now_ms();
    std::vector<PendingEvent> taken;
    parts_.writer.run([&](store::Session& session) {
        taken = store::pending_events::take(session, now, now + claim_ms, at_once);
    });
    if (taken.empty()) return false;
    std::vector<Incoming> events;
    for (const PendingEvent& event : taken)
        events.push_back({event.tenant, event.connection, Json::parse(event.event), event.received_at});

    Applied applied;
    std::size_t given_up = 0;
    parts_.writer.run([&](store::Session& session) {
        applied = apply(session, events, now);
        given_up = 0;
        std::vector<Id> finished;
        std::vector<bool> waiting(taken.size());
        for (const std::size_t i : applied.unmatched) waiting[i] = true;
        for (std::size_t i = 0; i < taken.size(); ++i) {
            const bool too_old = now - taken[i].received_at > patience_ms;
            if (!waiting[i] || too_old) {
                finished.push_back(taken[i].id);
                given_up += waiting[i] ? 1 : 0;
                continue;
            }
            PendingEvent next = taken[i];
            next.due_at = now + retry_wait_ms(next.attempts++);
            store::pending_events::reschedule(session, next);
        }
        store::pending_events::remove(session, finished);
    });
    log_useless(applied, events);
    if (given_up > 0) spdlog::warn("{} events named no message of ours within seven days", given_up);
    return taken.size() == static_cast<std::size_t>(at_once);
}

}  // namespace dakiya::receive
