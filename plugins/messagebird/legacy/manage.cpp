#include "legacy/manage.hpp"

#include <string>

#include "common.hpp"
#include "dakiya/media.hpp"
#include "dakiya/time.hpp"
#include "legacy/errors.hpp"
#include "legacy/send.hpp"

namespace messagebird::legacy {

using namespace dakiya;

namespace {

// "amount" is a number; written with an exponent it is none that makes sense.
std::string amount_of(const Json& body) {
    const std::string text = word(body, "amount");
    const bool decimal = !text.empty() && text.find_first_not_of("-0123456789.") == text.npos &&
                         text.find_first_of("0123456789") < 2 && text.back() != '.';
    return decimal ? text : std::string();
}

// "type" is a currency in words, or "credits".
std::string currency_of(const Json& body) {
    const std::string type = waba::lower(word(body, "type"));
    if (type == "euros") return "EUR";
    if (type == "dollars") return "USD";
    if (type == "pounds") return "GBP";
    return type == "credits" ? std::string() : upper(type);
}

Json balance_record(const Json& body) {
    Json record{{"amount", amount_of(body)}};
    if (const std::string currency = currency_of(body); !currency.empty()) record.set("currency", currency);
    return record;
}

Http ask_balance(const Account& account) { return account.get(std::string(sms_api) + "/balance"); }

Next judge(const Account& account, const Json& body) {
    const std::string amount = amount_of(body);
    const bool used_up = word(body, "payment") == "prepaid" && !amount.empty() &&
                         (amount[0] == '-' || amount.find_first_of("123456789") == amount.npos);
    if (used_up) return verdict(false, "The balance is used up: add money in the MessageBird dashboard.");
    if (account.originator.empty() && account.whatsapp_channel.empty())
        return verdict(false,
                       "The key works, but there is no sender: fill in the SMS sender or the ID of the "
                       "WhatsApp channel.");
    std::string text = "Everything works: messages can be sent.";
    if (account.is_test_key)
        text = "The key is a test key: MessageBird checks messages and does not send them.";
    if (account.signing_key.empty())
        text += " Delivery reports and replies are refused until the automatic-updates secret is filled in.";
    return verdict(true, text);
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    if (!reply) return ask_balance(account);
    if (!reply->ok()) return verdict(false, explain(*reply));
    const Json* body = object_of(*reply);
    if (!body) return verdict(false, "MessageBird's answer cannot be read: try again later.");
    Next next = judge(account, *body);
    if (!amount_of(*body).empty()) next.record("balance", balance_record(*body));
    return next;
}

Next balance(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_balance(account);
    const Json& body = require_ok(*turn.reply(), explain(*turn.reply()));
    if (amount_of(body).empty()) throw Fault(DK_BAD_REPLY, "MessageBird's answer names no balance");
    return Next::done().record("balance", balance_record(body));
}

namespace {

Next tell(const Json& message, const Json& in) {
    const std::string& address = in.at("address").text();
    const Json* item = item_of(message, address);
    const std::string theirs = item ? word(*item, "status") : std::string();
    const auto status = sms_status(theirs);
    const std::string id = word(message, "id");
    if (!status || id.empty()) return Next::done();
    Event event = Event::status(id, *status, read_iso_time(word(*item, "statusDatetime")));
    event.ref(in.at("ref").text()).address(address).price(price_of(*item));
    event.dedupe(id + ':' + digits_of(address) + ':' + theirs);
    if (*status == Status::failed)
        event.error(sms_error(theirs, word(*item, "statusErrorCode"), word(*item, "statusReason")));
    return Next::done().event(event);
}

}  // namespace

// An SMS is found by its id, or among the person's messages by our reference. WhatsApp tells by webhook only.
Next settle(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    if (in.value("channel", "sms") != "sms") return Next::done();
    const std::string id = in.value("id", "");
    if (const Reply* reply = turn.reply()) {
        if (reply->status() == 404) return Next::done();
        const Json& body = require_ok(*reply, explain(*reply));
        if (!id.empty()) return tell(body, in);
        for (const Json& message : body.at("items"))
            if (word(message, "reference") == in.at("ref").text()) return tell(message, in);
        return Next::done();
    }
    if (!id.empty()) return account.get(std::string(sms_api) + "/messages/" + percent(id));
    return account.get(std::string(sms_api) + "/messages")
        .query("recipient", digits_of(in.at("address").text()))
        .query("direction", "mt")
        .query("limit", "100");
}

// https://developers.messagebird.com/api/messaging-file-api
Next upload_media(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    if (!turn.reply()) {
        Http http = account.post(std::string(files_api));
        http.blob(static_cast<std::uint64_t>(in.at("blob").integer()),
                  in.value("type", "application/octet-stream"));
        return http.header("filename", in.value("filename", "file")).repeatable();
    }
    const Reply& reply = *turn.reply();
    if (!reply.ok()) return refused(call_error(reply), explain(reply));
    const std::string id = word(require_ok(reply, explain(reply)), "id");
    if (id.empty()) throw Fault(DK_BAD_REPLY, "MessageBird stored the file but told no ID");
    return Next::done().record("media", {{"handle", std::string(files_api) + '/' + percent(id)}});
}

Next fetch_media(const Account& account, const Turn& turn) {
    const std::string handle = turn.input().at("handle");
    if (turn.reply()) return fetched(*turn.reply(), handle);
    if (!on_domain(handle, "messagebird.com"))
        throw Fault(DK_BAD_INPUT, "this is not the address of a file at MessageBird");
    return account.get(handle).reply_to_blob();
}

// For WhatsApp; SMS reports find us by the address in each message.
Next set_webhook(const Account& account, const Turn& turn) {
    if (turn.reply()) {
        require_ok(*turn.reply(), explain(*turn.reply()));
        return Next::done().record("note", {{"text", "MessageBird now sends the channel's events here"}});
    }
    if (account.whatsapp_channel.empty())
        throw Fault(DK_BAD_INPUT, "fill in the ID of the WhatsApp channel first");
    Http http = account.post(account.conversations + "/webhooks");
    return http.json({{"channelId", account.whatsapp_channel},
                      {"events", Json::array({"message.created", "message.updated"})},
                      {"url", turn.input().at("url")}});
}

}  // namespace messagebird::legacy
