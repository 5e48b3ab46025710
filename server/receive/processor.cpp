#include "receive/processor.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "base/text.hpp"
#include "receive/report_share.hpp"
#include "store/ids.hpp"
#include "store/stops.hpp"

namespace dakiya::receive {

namespace {

using store::PendingEvent;
using store::Webhook;

constexpr Millis idle_round{200};
constexpr Millis gather{20};  // so much later is an event applied, and busy times need fewer transactions
constexpr std::size_t most_handed = 500;        // webhooks, a batch
constexpr std::int64_t look_every_ms = 100;     // into the tables, while webhooks are handed over
constexpr std::int64_t fault_wait_ms = 60'000;  // a connection that cannot be opened now
constexpr int most_attempts = 5;                // of a webhook that cannot be parsed
constexpr std::size_t error_limit = 500;        // bytes, of the column

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

// The channel of inbound messages is the provider's, unless the event names one of several.
void complete(Json& event, const plugin::Manifest& manifest) {
    if (!event.contains("channel") && !manifest.channels.empty())
        event.set("channel", manifest.channels.front());
}

// Unmatched events wait for their message.
void keep(store::Session& session, const std::vector<Incoming>& events, const Applied& applied,
          std::int64_t now) {
    std::vector<PendingEvent> waiting;
    for (const std::size_t i : applied.unmatched) {
        const auto told = applied.told_sent.find(i);
        waiting.push_back({0, events[i].tenant, events[i].connection, events[i].event.dump(),
                           now + retry_wait_ms(0), 1, events[i].received_at,
                           told == applied.told_sent.end() ? 0 : told->second});
    }
    store::pending_events::insert(session, waiting);
}

// The event's next try comes later than the last one did. The seven days are counted where it is tried.
void wait_on(store::Session& session, PendingEvent event, std::int64_t now) {
    event.due_at = now + retry_wait_ms(event.attempts++);
    store::pending_events::reschedule(session, event);
}

// Works on the batch; when something in it is refused for good, on each item alone, so that one cannot keep
// the others waiting. `refused` gets what cannot be worked on even alone.
template <class T, class Work, class Refused>
void in_pieces(std::span<const T> batch, const Work& work, const Refused& refused) {
    if (batch.empty()) return;
    try {
        work(batch);
    } catch (const std::exception& error) {
        const auto* database = dynamic_cast<const store::DbError*>(&error);
        if (database && database->passing()) throw;
        if (batch.size() == 1) return refused(batch.front(), error.what());
        for (std::size_t i = 0; i < batch.size(); ++i) in_pieces(batch.subspan(i, 1), work, refused);
    }
}

void log_useless(const Applied& applied, const std::vector<Incoming>& events) {
    for (const auto& [i, why] : applied.useless)
        spdlog::info("event of connection {}: {}", events[i].connection, why);
}

}  // namespace

std::int64_t retry_wait_ms(int attempts) {
    return std::min<std::int64_t>(100LL << std::min(attempts, 13), 600'000);
}

// A claim on what a failed round had taken runs out by itself.
Processor::Processor(Parts parts)
    : parts_(std::move(parts)),
      rounds_(
          "processor", parts_.bell, idle_round, [this] { return round(); }, gather) {}

bool Processor::round() {
    const std::int64_t now = parts_.clock.now_ms();
    const auto handed = parts_.handover.take(most_handed, now);
    work_on(handed, now);
    const bool more = handed.size() == most_handed;
    if (!handed.empty() && now < looked_at_ + look_every_ms) return more;
    looked_at_ = now;
    const Taken taken = take(now);
    work_on(taken.webhooks, now);
    work_on(taken.events, now);
    const auto all = static_cast<std::size_t>(at_once);
    return more || taken.webhooks.size() == all || taken.events.size() == all;
}

Processor::Taken Processor::take(std::int64_t now) const {
    Taken taken;
    parts_.writer.run([&](store::Session& session) {
        taken.webhooks = store::webhooks::take(session, now, now + claim_ms, at_once);
        taken.events = store::pending_events::take(session, now, now + claim_ms, at_once);
    });
    return taken;
}

void Processor::work_on(std::span<const Webhook> webhooks, std::int64_t now) {
    in_pieces(
        webhooks, [&](std::span<const Webhook> some) { process(some, now); },
        [&](const Webhook& webhook, const std::string& why) {
            const bool again = webhook.attempts < most_attempts;
            spdlog::error("webhook {} is {}: {}", webhook.id, again ? "tried again" : "put aside", why);
            parts_.writer.run([&](store::Session& session) {
                store::webhooks::fault(session, webhook, utf8_prefix(why, error_limit),
                                       again ? now + fault_wait_ms : 0);
            });
        });
}

Parsed Processor::parse(const Webhook& webhook, Opened& opened, std::vector<Incoming>& events) const {
    Parsed parsed{&webhook, "", false};
    const std::pair key{webhook.tenant, webhook.connection};
    auto found = opened.find(key);
    if (found == opened.end())
        found = opened.emplace(key, parts_.open(store::Scope{webhook.tenant}, webhook.connection)).first;
    const auto& connection = found->second;
    if (!connection) {
        parsed.fault = connection.error().text;
        parsed.passing = connection.error().code != Code::not_found;
        return parsed;
    }
    plugin::Output output = (*connection)->parse(inbound_of(webhook));
    if (output.status != 0) {
        parsed.fault = output.explanation.empty() ? "its provider cannot read it" : output.explanation;
        return parsed;
    }
    for (plugin::Record& record : output.records) {
        if (record.kind != "event") continue;
        complete(record.json, (*connection)->manifest());
        events.push_back({webhook.tenant, webhook.connection, std::move(record.json), webhook.received_at});
    }
    return parsed;
}

void Processor::process(std::span<const Webhook> webhooks, std::int64_t now) {
    std::vector<Parsed> parsed;
    std::vector<Incoming> events;
    Opened opened;  // a batch is mostly of one connection
    for (const Webhook& webhook : webhooks) parsed.push_back(parse(webhook, opened, events));

    Applied applied;
    parts_.writer.run([&](store::Session& session) {
        applied = apply(session, events, now);
        keep(session, events, applied, now);
        std::vector<Id> done;
        for (const Parsed& one : parsed) {
            if (one.fault.empty())
                done.push_back(one.webhook->id);
            else
                store::webhooks::fault(
                    session, *one.webhook, utf8_prefix(one.fault, error_limit),
                    one.passing && one.webhook->attempts < most_attempts ? now + fault_wait_ms : 0);
        }
        store::webhooks::finish(session, done);
    });
    log_useless(applied, events);
    watch(applied, now);
    for (const Parsed& one : parsed)
        if (!one.fault.empty())
            spdlog::warn("webhook {} cannot be processed: {}", one.webhook->id, one.fault);
}

void Processor::work_on(std::span<const PendingEvent> events, std::int64_t now) {
    in_pieces(
        events, [&](std::span<const PendingEvent> some) { try_again(some, now); },
        [&](const PendingEvent& event, const std::string& why) {
            // Perhaps the disk is full: an event is the only one that tells of its message, so it waits like
            // one whose message is not there yet.
            const bool too_old = now - event.received_at > patience_ms;
            spdlog::error("event {} of connection {} {}: {}", event.id, event.connection,
                          too_old ? "is given up" : "waits", why);
            parts_.writer.run([&](store::Session& session) {
                if (!too_old) return wait_on(session, event, now);
                const Id id[] = {event.id};
                store::pending_events::remove(session, id);
            });
        });
}

void Processor::try_again(std::span<const PendingEvent> taken, std::int64_t now) {
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
            wait_on(session, taken[i], now);
        }
        store::pending_events::remove(session, finished);
    });
    log_useless(applied, events);
    watch(applied, now);
    if (given_up > 0) spdlog::warn("{} events named no message of ours within seven days", given_up);
}

// After the events are durable: a unit may run twice, and must not count twice.
void Processor::watch(const Applied& applied, std::int64_t now) {
    StopWatch::Due due = stops_.note(applied.reports, now);
    for (const StopWatch::Look& look : due.looks) {
        const auto reason = parts_.db.read([&](store::Session& session) {
            return too_many_failed(session, store::Scope{look.tenant}, look.campaign, look.message);
        });
        if (reason) due.stops.push_back({look.tenant, look.campaign, *reason});
    }
    for (const StopWatch::Stop& stop : due.stops)
        store::stop_campaign(parts_.writer, store::Scope{stop.tenant}, stop.campaign, stop.reason, now);
}

}  // namespace dakiya::receive
