#include "legacy/send.hpp"

#include <string>

#include "common.hpp"
#include "dakiya/wording.hpp"
#include "legacy/errors.hpp"

namespace messagebird::legacy {

using namespace dakiya;

namespace {

constexpr StatusWord sms_words[] = {
    {"scheduled", Status::sent},      {"sent", Status::sent},      {"buffered", Status::sent},
    {"delivered", Status::delivered}, {"expired", Status::failed}, {"delivery_failed", Status::failed},
};

constexpr StatusWord whatsapp_words[] = {
    {"accepted", Status::sent},      {"pending", Status::sent},
    {"transmitted", Status::sent},   {"sent", Status::sent},
    {"buffered", Status::sent},      {"delivered", Status::delivered},
    {"read", Status::read},          {"opened", Status::read},
    {"clicked", Status::read},       {"delivery_failed", Status::failed},
    {"failed", Status::failed},      {"rejected", Status::failed},
    {"expired", Status::failed},     {"bounce", Status::failed},
    {"unsupported", Status::failed},
};

bool is_originator(const std::string& from) {
    const std::string digits = digits_of(from);
    if (waba::is_digits(digits)) return digits.size() <= 17;
    return !from.empty() && from.size() <= 11 &&
           from.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._-") ==
               from.npos;
}

const std::string& phone(const Recipient& to) {
    if (!waba::is_phone(to.address))
        throw Refused(
            waba::is_user_id(to.address)
                ? "MessageBird finds people by phone number, not by WhatsApp user ID"
                : "\"" + to.address + "\" is not a phone number: write it as +, country code and number",
            "recipient");
    return to.address;
}

// https://developers.messagebird.com/api/sms-messaging/#send-outbound-sms
// One recipient a call although it takes many: they would share one reference, and without a reference of its
// own a message could not be told by its report.
Http sms_request(const Account& account, const Send& in) {
    const Recipient& to = in.to.front();
    if (in.kind != "text") throw Refused("MessageBird's SMS is text only; it has no \"" + in.kind + "\"");
    const std::string& from = in.from.empty() ? account.originator : in.from;
    if (from.empty()) throw Refused("no sender: fill in the SMS sender", "config");
    if (!is_originator(from))
        throw Refused(
            "\"" + from + "\" is no SMS sender: use a number, or a name of up to 11 letters and digits",
            "config");
    const std::string& text = in.text_for(to);
    if (text.empty()) throw Refused("the text is empty");
    const std::string& reference = to.ref.empty() ? in.key : to.ref;
    if (reference.empty() || reference.size() > 128)
        throw Refused(
            "the message needs a reference of 1 to 128 bytes: without one MessageBird sends no report",
            "plugin");

    Json body{{"originator", from},   {"recipients", Json::array({digits_of(phone(to))})},
              {"body", text},         {"type", in.extra.value("flash", false) ? "flash" : "sms"},
              {"datacoding", "auto"}, {"reference", reference}};
    if (const std::int64_t seconds = in.extra.value("validity", 0); seconds > 0)
        body.set("validity", seconds);
    if (!in.callback.empty()) body.set("reportUrl", in.callback);
    Http http = account.post(std::string(sms_api) + "/messages");
    return http.json(body).limit("send:" + from);
}

// https://developers.messagebird.com/api/conversations/#send-message
Http whatsapp_request(const Account& account, const Send& in) {
    const Recipient& to = in.to.front();
    const std::string& channel = in.from.empty() ? account.whatsapp_channel : in.from;
    if (channel.empty()) throw Refused("fill in the ID of the WhatsApp channel", "config");
    Json body{{"to", phone(to)}, {"from", channel}};
    const Json content = whatsapp_content(account, in, to);
    body.set("type", content.at("type"));
    body.set("content", content.at("content"));
    if (!in.callback.empty()) body.set("reportUrl", in.callback);
    if (!to.ref.empty()) {
        body.set("source", Json{{"ref", to.ref}});  // comes back in every webhook
        body.set("trackId", to.ref);
    }
    Http http = account.post(account.conversations + "/send");
    http.json(body).limit("send:" + channel);
    if (in.template_ && waba::lower(in.template_->category) == "authentication") http.secret_body();
    return http;
}

// ---- what comes back

Next read_sms(const Send& in, const Json& body) {
    Next next = Next::done();
    const std::string id = word(body, "id");
    const Json* item = item_of(body, in.to.front().address);
    if (id.empty() || !item)
        return next.uncertain(0, {"provider", "", "MessageBird's answer does not name this message"});
    const std::string status = word(*item, "status");
    if (sms_status(status) == Status::failed)
        return next.failed(0, sms_error(status, word(*item, "statusErrorCode"), word(*item, "statusReason")));
    return next.sent(0, id, price_of(*item));
}

Next read_whatsapp(const Json& body) {
    Next next = Next::done();
    const std::string id = word(body, "id"), status = word(body, "status");
    if (whatsapp_status(status) == Status::failed)
        return next.failed(0, whatsapp_error(status, body["error"]));
    if (id.empty()) return next.uncertain(0, {"provider", "", "MessageBird's answer names no message"});
    return next.sent(0, id);
}

Next answered(const Send& in, const Reply& reply) {
    Next next = Next::done();
    const Json* body = object_of(reply);
    if (!reply.ok() || (body && (*body)["errors"].is_array() && !(*body)["errors"].empty())) {
        // There is no idempotency key: after a fault of theirs nobody knows. Other refusals took nothing.
        const Error error = call_error(reply);
        return error.cls == "provider" ? next.uncertain(0, error) : next.failed(0, error);
    }
    if (!body) return next.uncertain(0, {"provider", "", "MessageBird's answer cannot be read"});
    return in.channel == "sms" ? read_sms(in, *body) : read_whatsapp(*body);
}

}  // namespace

std::optional<Status> sms_status(std::string_view word) { return status_by_word(sms_words, word); }
std::optional<Status> whatsapp_status(std::string_view word) { return status_by_word(whatsapp_words, word); }

const Json* item_of(const Json& message, const std::string& address) {
    const Json& items = message["recipients"]["items"];
    if (!items.is_array()) return nullptr;
    for (const Json& item : items)
        if (word(item, "recipient") == digits_of(address)) return &item;
    return nullptr;
}

Price price_of(const Json& item) {
    Price price = read_price(word(item["price"], "amount"), word(item["price"], "currency"));
    const Json& parts = item["messagePartCount"];
    if (parts.is_integer() && parts.integer() > 0 && parts.integer() < 100)
        price.parts = static_cast<int>(parts.integer());
    return price;
}

Next send(const Account& account, const Send& in, const Turn& turn) {
    if (turn.reply()) return answered(in, *turn.reply());
    Next next = Next::done();
    for (std::size_t i = 1; i < in.to.size(); ++i)
        next.failed(
            i, {"throttled", "one_at_a_time", "one recipient in a call; this one follows", 100, "recipient"});
    try {
        if (in.channel == "sms") return next.then(sms_request(account, in));
        if (in.channel == "whatsapp") return next.then(whatsapp_request(account, in));
        throw Refused("MessageBird has no channel \"" + in.channel + "\" here", "config");
    } catch (const Refused& refused) {
        return next.failed(0, refused.error());
    }
}

}  // namespace messagebird::legacy
