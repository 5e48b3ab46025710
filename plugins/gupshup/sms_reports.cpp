#include "sms_reports.hpp"

#include <cstdlib>
#include <optional>

#include "dakiya/reply.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/time.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"

namespace gupshup {

using dakiya::Error;
using dakiya::Event;
using dakiya::Form;
using dakiya::Inbound;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::phone_of;
using dakiya::Price;
using dakiya::Status;
namespace waba = dakiya::waba;

namespace {

struct Cause {
    std::string_view code, word;
    const char* cls;
    std::int64_t retry_after_ms = 0;
};

constexpr std::int64_t day_ms = 24 * 3'600'000;
constexpr std::int64_t india_ms = 330 * 60'000;

constexpr Cause causes[] = {
    {"001", "ABSENT_SUBSCRIBER", "provider"},
    {"002", "CALL_BARRED", "recipient"},
    {"003", "UNKNOWN_SUBSCRIBER", "recipient"},
    {"004", "SERVICE_DOWN", "provider"},
    {"005", "SYSTEM_FAILURE", "provider"},
    {"006", "DND_FAIL", "policy"},
    {"007", "BLOCKED", "policy"},
    {"007", "BLOCKED_MASK", "policy"},
    {"008", "DND_TIMEOUT", "provider", day_ms},
    {"009", "OUTSIDE_WORKING_HOURS", "policy"},
};

Error failure(const std::string& code, const std::string& cause) {
    Error error{"other", code, cause.empty() ? "not delivered; Gupshup gives no reason" : cause};
    for (const Cause& row : causes)
        if (row.word == cause || (row.code == code && error.cls == "other")) {
            error.cls = row.cls;
            error.retry_after_ms = row.retry_after_ms;
        }
    if (error.cls != "other") return error;
    if (const auto found = dakiya::sms::scrubbed(cause)) {
        error.cls = found->cls;
        return error;
    }
    const std::string small = waba::lower(cause);
    for (const char* part : {"dlt", "template", "header", "entity", "scrub"})
        if (small.find(part) != small.npos) error.cls = "template";
    return error;
}

std::optional<Status> status_of(const std::string& theirs) {
    const std::string word = waba::lower(theirs);
    if (word == "success" || word == "delivered" || word == "delivrd") return Status::delivered;
    if (word == "sent" || word == "submitted") return Status::sent;
    if (word == "read") return Status::read;
    for (const char* bad : {"failure", "failed", "fail", "undeliv", "expired"})
        if (word == bad) return Status::failed;
    return std::nullopt;  // UNKNOWN: nobody knows
}

// One report, whose members have the names of either form.
Event read_report(const Json& report) {
    const std::string id = word(report["externalId"]);
    const std::string theirs =
        word(report["eventType"]).empty() ? word(report["status"]) : word(report["eventType"]);
    const auto status = status_of(theirs);
    if (id.empty()) return Event::other("Gupshup sent an SMS report without externalId");
    if (!status) return Event::other("Gupshup reports \"" + theirs + "\" for SMS " + id);
    const Json& time = report["eventTs"].is_null() ? report["deliveredTS"] : report["eventTs"];
    const Json& number = report["destAddr"].is_null() ? report["phoneNo"] : report["destAddr"];
    const Json& sender = report["srcAddr"].is_null() ? report["mask"] : report["srcAddr"];
    Event event = Event::status(id, *status, waba::detail::time_of(Json(word(time))));
    event.address(phone_of(word(number))).sender(word(sender));
    event.dedupe(std::string(to_string(*status)) + ":" + id);
    Price price;
    if (const std::string parts = word(report["noOfFrags"]); waba::is_digits(parts) && parts.size() <= 2)
        price.parts = std::atoi(parts.c_str());
    event.price(price);
    if (*status == Status::failed) {
        const Json& code = report["errCode"].is_null() ? report["errorCode"] : report["errCode"];
        event.error(failure(word(code), word(report["cause"])));
    }
    return event;
}

// The published sample is no JSON: numbers like 000 without quotes, and typographic quotes.
std::string repaired(std::string text) {
    for (const char* quote : {"“", "”"})
        for (std::size_t at = text.find(quote); at != text.npos; at = text.find(quote, at + 1))
            text.replace(at, std::string_view(quote).size(), "\"");
    std::string out;
    bool inside = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (inside && c == '\\' && at + 1 < text.size()) {
            out.append({c, text[++at]});
            continue;
        }
        if (c == '"') inside = !inside;
        const std::size_t end = inside || c != '0' ? at : text.find_first_not_of("0123456789", at);
        const bool after_value =
            !out.empty() && (out.back() == ':' || out.back() == ' ' || out.back() == ',');
        if (end != text.npos && end > at + 1 && after_value) {
            out.append("\"").append(text, at, end - at).append("\"");
            at = end - 1;
        } else {
            out += c;
        }
    }
    return out;
}

Json read_list(const std::string& text) {
    try {
        return Json::parse(text);
    } catch (const JsonError&) {
        return Json::parse(repaired(text));
    }
}

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

// "response=[…]", coded as a form or not, or the list alone.
std::string list_in(std::string_view body) {
    if (starts(body, "response=")) body.remove_prefix(9);
    const bool raw = starts(body, "[") || starts(body, "{");
    return raw ? std::string(body) : dakiya::unpercent(body, true);
}

Json as_object(const Form& form) {
    Json object = Json::object();
    for (const auto& [name, value] : form.fields()) object.set(name, value);
    return object;
}

// A reply to a keyword or a long number. It has no id, so who and when stand for one.
Event read_inbound(const Form& form) {
    const std::string number = form.value("msisdn"), when = form.value("timestamp");
    const std::string content = form.value("content");
    const std::string text = content.empty() ? form.value("keyword") : content;
    std::int64_t at = waba::detail::time_of(Json(when));
    if (at == 0) at = dakiya::read_iso_time(when, india_ms);
    const std::string address = phone_of(number.size() == 10 ? "91" + number : number);
    if (address.empty()) throw JsonError("the SMS does not say who wrote it");
    const std::string id = "sms:" + address.substr(1) + ":" + when;
    return Event::inbound(id, address, at)
        .channel("sms")
        .sender(form.value("phonecode"))
        .dedupe(id)
        .text(text);
}

Form fields_of(const Inbound& in) { return in.method() == "GET" ? dakiya::query_of(in.url()) : in.form(); }

bool is_report_list(std::string_view body) { return starts(body, "response=") || starts(body, "["); }

}  // namespace

bool is_sms(const Inbound& in) {
    if (in.method() == "GET" || is_report_list(in.body())) return true;
    return !starts(in.body(), "{");
}

std::vector<Event> read_sms(const Inbound& in) {
    std::vector<Event> events;
    if (is_report_list(in.body()) && in.method() != "GET") {
        const Json list = read_list(list_in(in.body()));
        for (const Json& report : list)
            waba::detail::attempt(events, "report", [&] { events.push_back(read_report(report)); });
        return events;
    }
    const Form form = fields_of(in);
    if (form.contains("msisdn"))
        events.push_back(read_inbound(form));
    else if (form.contains("externalId"))
        events.push_back(read_report(as_object(form)));
    else
        throw JsonError(
            "this is no report of Gupshup's SMS gateway: compare the URL's names with those on the "
            "connection's page");
    return events;
}

}  // namespace gupshup
