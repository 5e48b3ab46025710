#include "receive/apply.hpp"

#include "domain/message.hpp"
#include "receive/inbound_events.hpp"
#include "receive/status_events.hpp"
#include "receive/told_sent.hpp"

namespace dakiya::receive {

namespace {

// Why a status event says nothing, or empty.
std::string check_status(const Json& event) {
    const Json& status = event["status"];
    if (!status.is_string()) return "a status event without a status";
    if (!domain::parse_state(status.text())) return "the status \"" + status.text() + "\" is not known";
    return {};
}

}  // namespace

Applied apply(store::Session& session, const std::vector<Incoming>& events, std::int64_t now_ms) {
    Applied applied;
    std::vector<std::size_t> statuses;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Json& event = events[i].event;
        try {
            const std::string kind = event.value("kind", "other");
            if (kind == "status") {
                const std::string problem = check_status(event);
                if (problem.empty())
                    statuses.push_back(i);
                else
                    applied.useless.emplace_back(i, problem);
            } else if (kind == "inbound") {
                receive_message(session, events[i], now_ms);
            } else if (kind == "consent") {
                obey_consent(session, events[i], now_ms);
            } else if (kind == "template") {
                note_template(session, events[i], now_ms);
            } else {
                if (kind == "account" || kind == "sender") note_limit(session, events[i], now_ms);
                applied.useless.emplace_back(i, kind + ": " + event.value("text", ""));
            }
        } catch (const JsonError& error) {
            applied.useless.emplace_back(i, error.what());
        }
    }
    const auto matched = match(session, events, statuses);
    for (const std::size_t i : statuses)
        if (!matched.contains(i)) applied.unmatched.push_back(i);
    const auto waiting = enter(session, events, matched, now_ms, applied.reports);
    applied.unmatched.insert(applied.unmatched.end(), waiting.begin(), waiting.end());
    for (const std::size_t i : waiting)
        if (tells_sent(events[i].event)) applied.told_sent.emplace(i, matched.at(i));
    return applied;
}

}  // namespace dakiya::receive
