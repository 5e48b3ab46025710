#include "events.hpp"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "account.hpp"
#include "dakiya/phone.hpp"
#include "dakiya/time.hpp"
#include "dakiya/waba.hpp"

namespace interakt {

using namespace dakiya;

namespace {

// UTC, without saying so. 0 when it is null or no date.
std::int64_t time_of(const Json& text) { return text.is_string() ? read_iso_time(text.text()) : 0; }

std::int64_t first_time(const Json& exact, const Json& of_event) {
    const std::int64_t at = time_of(exact);
    return at > 0 ? at : time_of(of_event);
}

// "+91" and "9812345678" → "+919812345678"; empty when there is no number.
std::string phone_of(const Json& customer) {
    const std::string phone = customer["phone_number"].scalar(), country = customer["country_code"].scalar();
    if (phone.empty()) return {};
    if (phone.front() == '+') return waba::is_phone(phone) ? phone : std::string();
    const std::string whole = (country.rfind('+', 0) == 0 ? "" : "+") + country + phone;
    return waba::is_phone(whole) ? whole : std::string();
}

// Whoever hides the number still has Interakt's own id of a customer.
void add_person(Event& event, const Json& customer) {
    event.address(phone_of(customer));
    if (!event.json().contains("address")) event.user_id(customer["id"].scalar());
    event.sender(dakiya::phone_of(customer["channel_phone_number"].scalar()));
}

// ---- reports

struct Report {
    std::string_view type;
    Status status;
    const char* time;  // the field that tells when
};

// Campaigns of Interakt's own pages report in words of their own; with campaign_id ours may be among them.
constexpr Report reports[] = {
    {"message_api_sent", Status::sent, "received_at_utc"},
    {"message_api_delivered", Status::delivered, "delivered_at_utc"},
    {"message_api_read", Status::read, "seen_at_utc"},
    {"message_api_failed", Status::failed, ""},
    {"message_campaign_sent", Status::sent, "received_at_utc"},
    {"message_campaign_delivered", Status::delivered, "delivered_at_utc"},
    {"message_campaign_read", Status::read, "seen_at_utc"},
    {"message_campaign_failed", Status::failed, ""},
};

const Report* report_of(std::string_view type) {
    for (const Report& report : reports)
        if (report.type == type) return &report;
    return nullptr;
}

// Meta's code as text, or one of the old interface's. The reason is for people only.
Error failure_of(const Json& message) {
    const std::string code = message["channel_error_code"].scalar();
    const std::string reason = message["channel_failure_reason"].scalar();
    constexpr std::size_t most_digits = 9;
    Error error{"other", code, reason.empty() ? "Interakt gave no reason" : reason};
    if (code == "1013") {
        error.cls = "recipient";  // not a WhatsApp user
    } else if (code == "470") {
        error.cls = "window";
    } else if (waba::is_digits(code) && code.size() <= most_digits &&
               waba::meaning_of(std::strtoll(code.c_str(), nullptr, 10))) {
        error =
            waba::read_error({{"code", std::strtoll(code.c_str(), nullptr, 10)}, {"message", error.text}});
    } else if (is_about_money(reason)) {
        error.cls = "balance";
    }
    return error;
}

Price price_of(const Json& meta_data, const std::string& currency) {
    const Json& cost = meta_data["message_cost"]["actual_message_cost"];
    constexpr double most = 1e6;
    if (!cost.is_number() || !(cost.number() >= 0 && cost.number() < most)) return {};
    return {0, std::llround(cost.number() * 1e6), currency};
}

Event read_report(const Report& report, const Json& update, const std::string& currency) {
    const Json& data = update.at("data");
    const Json& message = data.at("message");
    const std::string id = message.at("id");
    Event event = Event::status(id, report.status, first_time(message[report.time], update["timestamp"]));
    event.dedupe(id + ":" + to_string(report.status));
    event.ref(message["meta_data"]["source_data"]["callback_data"].scalar());
    add_person(event, data["customer"]);
    event.price(price_of(message["meta_data"], currency));
    if (report.status == Status::failed) event.error(failure_of(message));
    return event;
}

// A tap that is counted. What it answers comes as a message of its own, so this one is only kept. Quick
// replies are told in the message, links beside it.
Event read_click(const Json& update) {
    const Json& data = update.at("data");
    const Json& click = data["event"].is_object() ? data["event"] : data.at("message").at("meta_data");
    Event event = Event::other("The button \"" + click.value("button_text", "") + "\" was tapped");
    const std::string id = data["message"]["id"].scalar();
    event.id(id).at(first_time(click["click_timestamp"], update["timestamp"]));
    event.ref(click["callbackData"].is_null() ? click["source_data"]["callback_data"].scalar()
                                              : click["callbackData"].scalar());
    add_person(event, data["customer"]);
    return event;
}

// ---- messages from people

// {"type":"button_reply","button_reply":{…}} as a text; some accounts get the title only.
void read_tap(Event& event, const std::string& text) {
    Json tap;
    try {
        tap = Json::parse(text);
    } catch (const JsonError&) {
        event.button("", text);
        return;
    }
    const Json& reply = tap[tap["type"].is_string() ? tap["type"].text() : "button_reply"];
    event.button(reply.value("id", ""), reply.value("title", ""));
}

// Of a kind that did not exist yet, too: STOP is STOP all the same.
bool is_words(std::string_view text) { return !text.empty() && text.front() != '{' && text.front() != '['; }

void read_content(Event& event, const Json& message) {
    const std::string type = waba::lower(message["message_content_type"].scalar());
    const std::string text = message["message"].scalar(), url = message["media_url"].scalar();
    const bool media =
        type == "image" || type == "video" || type == "audio" || type == "document" || type == "sticker";
    if (media)
        event.media(type, "", url, "", "", text);
    else if (type == "interactivebuttonreply" || type == "interactivelistreply" || type == "button")
        read_tap(event, text);
    else if (type == "text" || is_words(text))
        event.text(text);
    else
        event.message("raw", message);
}

Event read_message(const Json& update) {
    const Json& data = update.at("data");
    const Json& message = data.at("message");
    const std::string id = message.at("id");
    Event event = Event::inbound(id, "", first_time(message["received_at_utc"], update["timestamp"]));
    event.dedupe(id);
    add_person(event, data.at("customer"));
    if (!event.json().contains("address") && !event.json().contains("user_id"))
        throw JsonError("the message does not say who wrote it");
    event.name(data["customer"]["traits"]["name"].scalar());
    read_content(event, message);
    return event;
}

// ---- news of the account, in Meta's own shape

bool is_of_meta(std::string_view type) {
    for (const std::string_view known :
         {"account_alerts", "account_update", "account_review_update", "business_capability_update",
          "phone_number_quality_update", "message_template_status_update"})
        if (type == known) return true;
    return false;
}

Event read_news(const std::string& type, const Json& update) {
    const Json& data = update.at("data");
    const Json& value = data["value"].is_object() ? data["value"] : data;
    return waba::detail::management_event(type, value).at(time_of(update["timestamp"]));
}

Event read_update(const std::string& type, const Json& update, const std::string& currency) {
    if (const Report* report = report_of(type)) return read_report(*report, update, currency);
    if (type == "message_received") return read_message(update);
    if (type == "message_api_clicked" || type == "message_campaign_clicked") return read_click(update);
    if (is_of_meta(type)) return read_news(type, update);
    return Event::other("Interakt sent an update of \"" + type + "\"");
}

}  // namespace

std::vector<Event> read_webhook(const Json& body, const std::string& currency) {
    std::vector<Event> events;
    const auto read = [&](const Json& update) {
        const std::string type = update["type"].is_string() ? update["type"].text() : std::string();
        waba::detail::attempt(events, type, [&] { events.push_back(read_update(type, update, currency)); });
    };
    if (body.is_array())
        for (const Json& update : body) read(update);
    else
        read(body);
    return events;
}

}  // namespace interakt
