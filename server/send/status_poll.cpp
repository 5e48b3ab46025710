#include "send/status_poll.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "send/verdict.hpp"
#include "store/messages.hpp"

namespace dakiya::send {

namespace {

using store::StatusPoll;

constexpr int most_at_once = 500;
constexpr std::int64_t claim_ms = 60'000;  // longer than a question takes
constexpr std::int64_t longest_wait_ms = 6LL * 3600 * 1000;

// Those of which more can be heard: sent, and not too often asked.
struct Sorted {
    std::map<Id, std::vector<StatusPoll>> to_ask;  // by connection
    std::vector<StatusPoll> over;
};

Sorted sorted(store::Database& db, const std::vector<StatusPoll>& rows) {
    std::vector<Id> ids;
    for (const StatusPoll& row : rows) ids.push_back(row.message);
    std::set<Id> open;
    db.read([&](store::Session& session) {
        open.clear();
        for (const store::Outcome& outcome : store::outcomes::by_messages(session, ids))
            if (outcome.state == domain::State::sent) open.insert(outcome.message);
    });
    Sorted result;
    for (const StatusPoll& row : rows)
        if (open.contains(row.message) && row.attempts < StatusPolls::most_questions)
            result.to_ask[row.connection].push_back(row);
        else
            result.over.push_back(row);
    return result;
}

// Asked as often as each other, since a row is written with its own figures.
void put_off(store::Session& session, const std::vector<StatusPoll>& rows, std::int64_t now_ms) {
    std::map<int, std::vector<StatusPoll>> by_attempts;
    for (const StatusPoll& row : rows) by_attempts[row.attempts].push_back(after_question(row, now_ms));
    for (const auto& [attempts, same] : by_attempts) store::status_polls::reschedule(session, same);
}

}  // namespace

StatusPoll after_question(StatusPoll row, std::int64_t now_ms) {
    std::int64_t wait = StatusPolls::first_wait_ms;
    for (int i = 0; i < row.attempts && wait < longest_wait_ms; ++i) wait *= 2;
    ++row.attempts;
    row.due_at = now_ms + std::min(wait, longest_wait_ms);
    return row;
}

StatusPolls::StatusPolls(Inquiry parts)
    : parts_(std::move(parts)),
      duty_("status polls", {parts_.db, parts_.writer, parts_.clock, parts_.holder}, bell_,
            {store::status_polls::any_due, [this] {
                 page();
                 return false;
             }}) {}

void StatusPolls::page() {
    const std::int64_t now = parts_.clock.now_ms();
    std::vector<StatusPoll> rows;
    parts_.writer.run([&](store::Session& session) {
        rows = store::status_polls::take(session, now, now + claim_ms, most_at_once);
    });
    Sorted work = sorted(parts_.db, rows);
    std::vector<StatusPoll> later;
    for (const auto& [connection, all] : work.to_ask)
        if (!ask(all)) later.insert(later.end(), all.begin(), all.end());
    if (work.over.empty() && later.empty()) return;
    parts_.writer.run([&](store::Session& session) {
        store::status_polls::remove(session, work.over);
        put_off(session, later, now);
    });
}

bool StatusPolls::ask(const std::vector<StatusPoll>& rows) {
    const StatusPoll& first = rows.front();
    auto connection = parts_.connections.open(store::Scope{first.tenant}, first.connection);
    if (!connection || !connection->plugin->manifest().has_op("status")) return false;
    const auto most = static_cast<std::size_t>(connection->plugin->manifest().status_ids);
    for (std::size_t from = 0; from < rows.size(); from += most)
        ask_at_once(*connection,
                    {rows.begin() + static_cast<std::ptrdiff_t>(from),
                     rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), from + most))});
    return true;
}

void StatusPolls::ask_at_once(const OpenConnection& connection, const std::vector<StatusPoll>& rows) {
    Json ids = Json::array();
    for (const StatusPoll& row : rows) ids.push_back(row.provider_id);
    Call call = call_to(connection, "status");
    call.input = Json{{"ids", std::move(ids)}}.dump();
    call.lane = net::Lane::campaign;  // nobody waits for it
    parts_.exchange.run(std::move(call), [heard = parts_.heard(), rows](const Ended& ended) {
        heard.write(
            rows.front().tenant, rows.front().connection, events_of(ended),
            [rows, now = heard.clock.now_ms()](store::Session& session) { put_off(session, rows, now); });
    });
}

}  // namespace dakiya::send
