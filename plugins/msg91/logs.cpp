#include "logs.hpp"

#include <algorithm>

#include "answer.hpp"
#include "dakiya/text.hpp"
#include "events.hpp"
#include "time.hpp"

namespace msg91 {

using dakiya::Event;
using dakiya::Http;
using dakiya::Json;
using dakiya::lower;
using dakiya::Next;
using dakiya::Status;
using dakiya::Turn;

namespace {

constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

// Some times are objects: {"value": "2026-11-02 10:06:20"}.
std::int64_t time_in(const Json& row, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        const Json& value = row[name].is_object() ? row[name]["value"] : row[name];
        const std::int64_t at = value.is_string() ? read_time(value.text()) : 0;
        if (at > 0) return at;
    }
    return 0;
}

// A row that says nothing final still proves that the message went out.
Event sms_event(const Json& row) {
    std::string word = field(row, {"status"});
    auto status = sms_status_of(word);
    const std::string code = field(row, {"statusCode"});
    if (!status) status = sms_status_of(code);
    Event event =
        Event::status("", status.value_or(Status::sent), time_in(row, {"deliveryTime", "sentDateTime"}));
    if (status == Status::failed) event.error(sms_failure(code, field(row, {"failureReason"})));
    return event;
}

Event whatsapp_event(const Json& row) {
    const auto status = whatsapp_status_of(field(row, {"status"})).value_or(Status::sent);
    Event event =
        Event::status("", status, time_in(row, {"statusUpdatedAt", "readTime", "deliveryTime", "sentTime"}));
    if (status == Status::failed) {
        const std::string code = field(row, {"metaErrorCode"}), reason = field(row, {"failureReason"});
        event.error(whatsapp_failure(code.empty() ? reason : code + ' ' + reason));
    }
    return event;
}

Next found(const Json& row, const Json& in, Event event) {
    event.ref(in.at("ref").text()).address(in.at("address").text()).id(field(row, {"requestId"}));
    return Next::done().event(event);
}

bool is_outbound(const Json& row) { return lower(field(row, {"direction"})) != "inbound"; }

Next read_log(const Turn& turn) {
    const Json& in = turn.input();
    const std::string id = in.value("id", ""), ref = in.at("ref").text();
    const std::string address = in.at("address").text();
    for (const Json& row : require_readable(*turn.reply())["data"]) {
        if (turn.step() == "sms" && address_of(field(row, {"telNum"})) == address)
            return found(row, in, sms_event(row));
        if (turn.step() != "whatsapp" || !is_outbound(row)) continue;
        const bool same_call = !id.empty() && field(row, {"requestId"}) == id;
        const bool same_person = address_of(field(row, {"customerNumber"})) == address;
        if (same_person && (same_call || reference(row) == ref)) return found(row, in, whatsapp_event(row));
    }
    return Next::done();
}

}  // namespace

Next look_up(const Account& account, const Turn& turn) {
    if (turn.reply()) return read_log(turn);
    const Json& in = turn.input();
    if (in.value("channel", "sms") == "whatsapp") {
        // A range of at most three days is allowed.
        const std::int64_t sent_at = in.value("sent_at", turn.now());
        Http http = account.post("/report/logs/wa");
        http.query("startDate", india_day(sent_at))
            .query("endDate", india_day(sent_at + day_ms))
            .then("whatsapp");
        return http;
    }
    const std::string id = in.value("id", "");
    if (id.empty()) return Next::done();  // the log of SMS is searched by request id only
    Http http = account.post("/report/logs/sms");
    http.json({{"requestId", id}}).then("sms");
    return http;
}

}  // namespace msg91
