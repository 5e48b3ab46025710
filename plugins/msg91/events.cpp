#include "events.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "answer.hpp"
#include "dakiya/text.hpp"
#include "dakiya/wording.hpp"
#include "inbound.hpp"
#include "time.hpp"

namespace msg91 {

using dakiya::Event;
using dakiya::Inbound;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::lower;
using dakiya::Price;
using dakiya::Status;
using dakiya::StatusWord;

namespace {

// Numbers are of the old webhooks: 2 failed, 9 DND, 16 and 25 rejected, 17 blocked number.
constexpr std::array<StatusWord, 21> sms_words{{
    {"1", Status::delivered},         {"2", Status::failed},       {"9", Status::failed},
    {"16", Status::failed},           {"17", Status::failed},      {"25", Status::failed},
    {"delivered", Status::delivered}, {"failed", Status::failed},  {"undelivered", Status::failed},
    {"rejected", Status::failed},     {"blocked", Status::failed}, {"blocked number", Status::failed},
    {"ndnc", Status::failed},         {"dnd", Status::failed},     {"auto failed", Status::failed},
    {"expired", Status::failed},      {"sent", Status::sent},      {"submitted", Status::sent},
    {"queued", Status::sent},         {"pending", Status::sent},   {"accepted", Status::sent},
}};

constexpr std::array<StatusWord, 8> whatsapp_words{{
    {"sent", Status::sent},
    {"submitted", Status::sent},
    {"queued", Status::sent},
    {"accepted", Status::sent},
    {"delivered", Status::delivered},
    {"read", Status::read},
    {"failed", Status::failed},
    {"undelivered", Status::failed},
}};

// "0.20" → 200000, exactly; nothing when it is no amount below a million.
std::optional<std::int64_t> millionths(std::string_view text) {
    constexpr std::size_t most_digits = 6;
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, dot);
    const std::string_view fraction = dot < text.size() ? text.substr(dot + 1) : std::string_view();
    if (whole.empty() || whole.size() > most_digits || fraction.size() > most_digits) return std::nullopt;
    std::string digits = std::string(whole).append(fraction).append(most_digits - fraction.size(), '0');
    if (digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
    return std::strtoll(digits.c_str(), nullptr, 10);
}

// A credit is one part of an SMS.
Price price_of(const Account& account, const Json& json) {
    Price price;
    constexpr std::int64_t one = 1'000'000, most_parts = 100;
    if (const auto credit = millionths(field(json, {"credit"})); credit && *credit <= most_parts * one)
        price.parts = static_cast<int>(*credit / one);
    if (const auto amount = millionths(field(json, {"amount"}))) {
        price.cost = *amount;
        price.currency = account.currency;
    }
    return price;
}

// A report needs something that names the message.
Event identified(Event event) {
    const Json& json = event.json();
    if (json.contains("ref") || json.contains("id") || json.contains("address")) return event;
    return Event::other(
        "MSG91 sent a report that names neither message nor number: compare the webhook's JSON with the one "
        "on the connection's page");
}

// One SMS report, of the new webhook or of an old one, where the request is around it.
Event read_sms(const Account& account, const Json& json, const Json& around) {
    const std::string id =
        field(json, {"requestId"}).empty() ? field(around, {"requestId"}) : field(json, {"requestId"});
    const std::string word = field(json, {"status"}),
                      reason = field(json, {"failureReason", "failedReason", "desc"});
    const std::string number = field(json, {"telNum", "number"});
    // An unknown status is not final; the text of the old webhooks may still tell.
    auto status = sms_status_of(word);
    if (!status) status = sms_status_of(field(json, {"desc"}));
    if (!status)
        return Event::other("SMS report of MSG91 with the status \"" + word + "\" for request " + id);
    const std::int64_t at = read_time(field(json, {"deliveryTime", "date"}));
    Event event = Event::status(id, *status, at);
    event.id_of_batch().ref(reference(json)).address(address_of(number)).price(price_of(account, json));
    std::string sender = field(json, {"senderId"});
    event.sender(sender.empty() ? field(around, {"senderId"}) : std::move(sender));
    if (*status == Status::failed) event.error(sms_failure(word, reason));
    return identified(std::move(event));
}

// Old webhook v2: requests with the reports of their recipients.
void read_reports(const Account& account, const Json& request, std::vector<Event>& events) {
    for (const Json& report : request.at("report")) events.push_back(read_sms(account, report, request));
}

Event read_whatsapp_report(const Json& json, Status status) {
    // requestedAt is the time of the request, not of this report: the time of arrival is nearer.
    Event event = Event::status(field(json, {"requestId"}), status);
    event.id_of_batch()
        .ref(reference(json))
        .address(address_of(field(json, {"customerNumber", "mobile"})))
        .sender(address_of(field(json, {"integratedNumber"})));
    if (status == Status::failed) event.error(whatsapp_failure(field(json, {"reason", "failureReason"})));
    return identified(std::move(event));
}

std::optional<Status> whatsapp_state(const Json& json) {
    const auto status = whatsapp_status_of(field(json, {"eventName"}));
    return status ? status : whatsapp_status_of(field(json, {"status"}));
}

void read_whatsapp(const Account& account, const Json& json, std::vector<Event>& events) {
    const std::string direction = lower(field(json, {"direction"}));
    const auto status = whatsapp_state(json);
    const bool inbound = direction == "inbound" || (direction != "outbound" && !status);
    if (!inbound) {
        if (status)
            events.push_back(read_whatsapp_report(json, *status));
        else
            events.push_back(Event::other("WhatsApp report of MSG91 with the status \"" +
                                          field(json, {"eventName", "status"}) + "\" for request " +
                                          field(json, {"requestId"})));
        return;
    }
    if (auto event = read_inbound(account, json)) events.push_back(std::move(*event));
}

bool is_whatsapp(const Json& json) {
    for (const char* name : {"customerNumber", "integratedNumber", "uuid", "crqid", "direction"})
        if (json.contains(name)) return true;
    return false;
}

void read_document(const Account& account, const Json& json, std::vector<Event>& events) {
    if (json.is_array()) {
        for (const Json& item : json) read_document(account, item, events);
    } else if (json.contains("report")) {
        read_reports(account, json, events);
    } else if (json["messages"].is_array() && json["contacts"].is_array()) {
        read_cloud_api(account, json, events);
    } else if (json["data"].is_array() && json.contains("event")) {
        events.push_back(
            Event::other("MSG91 sent an SMS webhook of version v4 (CleverTap), which names neither message "
                         "nor number: use Webhook (New), or version v2 or v3"));
    } else if (is_whatsapp(json)) {
        read_whatsapp(account, json, events);
    } else if (json.contains("telNum") || json.contains("number")) {
        events.push_back(read_sms(account, json, Json()));
    } else {
        throw JsonError("this is no webhook of MSG91: it has neither telNum nor customerNumber");
    }
}

}  // namespace

std::string field(const Json& json, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        const Json& value = json[name];
        if (value.is_null()) continue;
        std::string text = value.is_array() || value.is_object() ? value.dump() : value.scalar();
        const bool placeholder = text.size() > 4 && text.compare(0, 2, "{{") == 0 &&
                                 text.compare(text.size() - 2, 2, "}}") == 0 &&
                                 text.find_first_of(" \":,", 2) == text.npos;
        if (!text.empty() && !placeholder) return text;
    }
    return {};
}

std::string reference(const Json& json) {
    std::string text = field(json, {"CRQID", "crqid"});
    return text == "0" ? std::string() : text;
}

std::optional<Status> sms_status_of(const std::string& word) {
    return dakiya::status_by_word(sms_words, lower(word));
}
std::optional<Status> whatsapp_status_of(const std::string& word) {
    return dakiya::status_by_word(whatsapp_words, lower(word));
}

std::vector<Event> read_webhook(const Account& account, const Inbound& in) {
    std::vector<Event> events;
    const std::size_t first = in.body().find_first_not_of(" \t\r\n");
    const bool json = first != in.body().npos && (in.body()[first] == '{' || in.body()[first] == '[');
    // The old webhook v2 is a form with JSON in its field "data".
    if (json) {
        read_document(account, in.json(), events);
    } else {
        const std::string* data = in.form().find("data");
        if (!data)
            throw JsonError("this is no webhook of MSG91: it is neither JSON nor a form with \"data\"");
        read_document(account, Json::parse(*data), events);
    }
    return events;
}

}  // namespace msg91
