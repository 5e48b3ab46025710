#include "events.hpp"

#include <cstdlib>

#include "answer.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"

namespace fast2sms {

using dakiya::Error;
using dakiya::Event;
using dakiya::Inbound;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::Price;
using dakiya::Status;
namespace waba = dakiya::waba;

namespace {

// "0.20" → 200000; nothing for what is no amount below a million.
std::optional<std::int64_t> millionths(const std::string& text) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    std::string fraction = dot < text.size() ? text.substr(dot + 1) : std::string();
    if (dot == 0 || dot > 6 || fraction.size() > 6) return std::nullopt;
    fraction.append(6 - fraction.size(), '0');
    const std::string digits = text.substr(0, dot) + fraction;
    if (!waba::is_digits(digits)) return std::nullopt;
    return std::strtoll(digits.c_str(), nullptr, 10);
}

Price price_of(const Json& report) {
    Price price;
    if (const std::string parts = word(report["sms_count"]); waba::is_digits(parts) && parts.size() <= 2)
        price.parts = std::atoi(parts.c_str());
    if (const auto cost = millionths(word(report["amount_debited"]))) {
        price.cost = *cost;
        price.currency = "INR";
    }
    return price;
}

// A webhook is repeated with a growing `post_attempt`; what it tells stays the same, so that is left out.
Event read_sms(const Json& report) {
    const std::string id = word(report["request_id"]), address = address_of(word(report["mobile"]));
    const std::string ref = word(report["udf1"]), theirs = waba::lower(word(report["status"]));
    if (id.empty() && ref.empty())
        return Event::other(
            "Fast2SMS sent a report without request_id and udf1: compare the webhook's body with "
            "the one on the connection's page");
    if (theirs != "delivered" && theirs != "failed")
        return Event::other("Fast2SMS reports \"" + theirs + "\" for request " + id);
    const Status status = theirs == "delivered" ? Status::delivered : Status::failed;
    Event event = Event::status(id, status, waba::detail::time_of(Json(word(report["delivery_timestamp"]))));
    event.id_of_batch().ref(ref).address(address).price(price_of(report));
    event.dedupe(id + ":" + address + ":" + to_string(status));
    if (status == Status::failed) {
        std::string reason = word(report["failure_reason"]);
        if (reason.empty()) reason = word(report["status_description"]);
        event.error(sms_failure(reason));
    }
    return event;
}

Event read_incoming(const Json& report) {
    const std::string id = report.at("message_id").scalar(), from = word(report["from"]);
    Event event =
        Event::inbound(id, address_of(from), waba::detail::time_of(Json(word(report["timestamp"]))));
    event.dedupe(id).channel("whatsapp").sender(word(report["phone_number_id"]));
    if (waba::is_user_id(from)) event.user_id(from);
    if (!event.json().contains("address") && !event.json().contains("user_id"))
        throw JsonError("the message does not say who wrote it");
    if (report.value("message_type", "text") == "text" && report["body"].is_string())
        event.text(report["body"].text());
    else
        event.message("raw", report);
    return event.reply_to(word(report["context"]["replied_to_message_id"]));
}

// Beside Meta's words those that Fast2SMS counts in its summary of WhatsApp.
std::optional<Status> whatsapp_status(const std::string& theirs) {
    if (theirs == "accepted" || theirs == "pending") return Status::sent;
    if (theirs == "rejected") return Status::failed;
    return waba::status_of(theirs);
}

Event read_whatsapp_status(const Json& report) {
    const std::string id = word(report["request_id"]), address = address_of(word(report["recipient_id"]));
    const auto status = whatsapp_status(waba::lower(word(report["status"])));
    if (!status || id.empty())
        return Event::other("Fast2SMS reports \"" + word(report["status"]) + "\" for request " + id);
    Event event = Event::status(id, *status, waba::detail::time_of(Json(word(report["timestamp"]))));
    event.address(address).sender(word(report["phone_number_id"]));
    event.dedupe(id + ":" + address + ":" + to_string(*status));
    if (*status == Status::failed) {
        const Json& errors = report["errors"];
        event.error(
            errors.is_array() && !errors.empty()
                ? waba::read_error(errors.at(0))
                : Error{"other", "", errors.is_string() ? errors.text() : "Fast2SMS gives no reason"});
    }
    return event;
}

// One report that cannot be read must not hold back the others.
void read_whatsapp(const Json& reports, std::vector<Event>& events) {
    for (const Json& report : reports)
        waba::detail::attempt(events, "whatsapp_reports", [&] {
            events.push_back(word(report["type"]) == "incoming_message" ? read_incoming(report)
                                                                        : read_whatsapp_status(report));
        });
}

void read_document(const Json& body, std::vector<Event>& events) {
    if (body.is_array()) {
        for (const Json& one : body) read_document(one, events);
    } else if (body.contains("entry")) {
        for (Event& event : waba::parse_events(body)) events.push_back(std::move(event));
    } else if (body["whatsapp_reports"].is_array()) {
        read_whatsapp(body["whatsapp_reports"], events);
    } else if (body["sms_reports"].is_array()) {
        for (const Json& report : body["sms_reports"]) events.push_back(read_sms(report));
    } else if (body.contains("request_id") || body.contains("udf1") || body.contains("mobile")) {
        events.push_back(read_sms(body));
    } else {
        throw JsonError("this is no webhook of Fast2SMS: it has neither request_id nor entry");
    }
}

Json as_object(const dakiya::Form& form) {
    Json object = Json::object();
    for (const auto& [name, value] : form.fields()) object.set(name, value);
    return object;
}

}  // namespace

std::vector<Event> read_webhook(const Inbound& in) {
    std::vector<Event> events;
    const std::size_t first = in.body().find_first_not_of(" \t\r\n");
    const bool json = first != in.body().npos && (in.body()[first] == '{' || in.body()[first] == '[');
    // The panel also offers GET, with the fields in the query, and forms.
    if (json)
        read_document(in.json(), events);
    else
        read_document(as_object(first == in.body().npos ? dakiya::query_of(in.url()) : in.form()), events);
    return events;
}

}  // namespace fast2sms
